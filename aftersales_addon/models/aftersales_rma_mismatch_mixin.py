from odoo import api, fields, models
from odoo.tools import format_list


class AftersalesRmaMismatchMixin(models.AbstractModel):
    """Goods that came with a return and were not announced."""

    _name = "aftersales.rma.mismatch.mixin"
    _description = "Unexpected Goods of a Return"

    mismatch_ids = fields.One2many(
        "aftersales.rma.mismatch",
        "rma_id",
        string="Unexpected Goods",
        groups="base.group_user",
    )
    has_mismatch = fields.Boolean(
        string="Something Else Came",
        compute="_compute_has_mismatch",
        store=True,
        help="Goods came that were not announced, and nobody has decided about them.",
    )

    @api.depends("mismatch_ids.state")
    def _compute_has_mismatch(self):
        for rma in self:
            # sudo: whether there is any, for whoever may see the return.
            states = rma.sudo().mismatch_ids.mapped("state")
            rma.has_mismatch = "open" in states

    def _get_open_points(self):
        points = super()._get_open_points()
        if self.has_mismatch:
            points.append(self.env._("unexpected goods wait for a decision"))
        return points

    def _note_mismatches(self, vals_list):
        """Keep what came unexpectedly, and tell who looks after the returns.

        :param list vals_list: values of ``aftersales.rma.mismatch``
        """
        if not vals_list:
            return self.env["aftersales.rma.mismatch"]
        # sudo: whoever receives goods tells what came; others decide.
        rows = self.env["aftersales.rma.mismatch"].sudo().create(vals_list)
        for rma, group in rows.grouped("rma_id").items():
            text = self.env._(
                "Came, but was not announced: %s. Decide what becomes of it.",
                format_list(self.env, group.mapped("display_name")),
            )
            rma._message_log(body=text)
            if rma.user_id:
                rma.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Unexpected goods came"),
                    note=text,
                    user_id=rma.user_id.id,
                )
        return rows
