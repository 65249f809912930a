from odoo import fields, models


class AftersalesRmaCaseMixin(models.AbstractModel):
    """A return that a service case led to."""

    _name = "aftersales.rma.case.mixin"
    _description = "Return of a Service Case"

    case_id = fields.Many2one(
        "aftersales.case",
        string="Service Case",
        readonly=True,
        index="btree_not_null",
        copy=False,
        check_company=True,
        groups="base.group_user",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("merged_into_id"):
            target = self.sudo().browse(vals["merged_into_id"])
            if not target.case_id:
                # sudo: whoever decides about returns need not have rights on cases.
                target.case_id = self.sudo().case_id[:1]
        if vals.get("state") in ("done", "cancelled", "rejected"):
            # sudo: as above.
            self.sudo().case_id._follow_remedies()
        return result

    def _announce(self, event, key=""):
        result = super()._announce(event, key)
        if event in ("refunded", "replaced"):
            # sudo: as in write.
            self.sudo().case_id._follow_remedies()
        return result

    def _tell_split(self, new):
        # sudo: as in write.
        new.sudo().case_id = self.sudo().case_id
        return super()._tell_split(new)

    def _get_remedy_state(self):
        """Return how far the return is, in the words of a case.

        :return: None when it goes on in another return
        """
        self.ensure_one()
        if self.merged_into_id:
            return None
        if self.state in ("rejected", "cancelled"):
            return "cancelled"
        if self.state == "done":
            return "done"
        if self.state != "approved" or self._get_open_points():
            return "open"
        # Goods that are back are not yet repaired, refunded or sent again.
        given = {self.refund_status, self.replacement_status}
        return "done" if given & {"refunded", "replaced"} else "open"

    def action_view_case(self):
        """Open the case that led to the return."""
        return self.case_id._action_open()
