from odoo import api, fields, models


class AftersalesRmaStatusMixin(models.AbstractModel):
    """How far the goods and the money of a return are, from its lines."""

    _name = "aftersales.rma.status.mixin"
    _description = "Status of a Return"

    receipt_status = fields.Selection(
        [
            ("none", "Nothing to Receive"),
            ("expected", "Expected"),
            ("partial", "Partly Received"),
            ("received", "Received"),
        ],
        compute="_compute_statuses",
        store=True,
    )
    refund_status = fields.Selection(
        [
            ("none", "Nothing to Refund"),
            ("to_refund", "To Refund"),
            ("partial", "Partly Refunded"),
            ("refunded", "Refunded"),
        ],
        compute="_compute_statuses",
        store=True,
    )
    replacement_status = fields.Selection(
        [
            ("none", "Nothing to Replace"),
            ("to_replace", "To Replace"),
            ("partial", "Partly Replaced"),
            ("replaced", "Replaced"),
        ],
        compute="_compute_statuses",
        store=True,
    )

    goods = fields.Char(
        string="What Comes Back",
        compute="_compute_goods",
        help="The first of the goods.",
    )

    @api.depends("line_ids.product_id", "line_ids.quantity")
    @api.depends_context("lang")
    def _compute_goods(self):
        for rma in self:
            names = [line.display_name for line in list(rma.line_ids)[:3]]
            more = len(rma.line_ids) - len(names)
            if more:
                names.append(self.env._("%s more", more))
            rma.goods = ", ".join(names)

    @api.depends(
        "line_ids.quantity_expected",
        "line_ids.quantity_received",
        "line_ids.quantity_to_refund",
        "line_ids.quantity_refunded",
        "line_ids.quantity_to_replace",
        "line_ids.quantity_replaced",
    )
    def _compute_statuses(self):
        for rma in self:
            rma.receipt_status = rma._get_progress(
                "quantity_expected",
                "quantity_received",
                ("none", "expected", "partial", "received"),
            )
            rma.refund_status = rma._get_progress(
                "quantity_to_refund",
                "quantity_refunded",
                ("none", "to_refund", "partial", "refunded"),
            )
            rma.replacement_status = rma._get_progress(
                "quantity_to_replace",
                "quantity_replaced",
                ("none", "to_replace", "partial", "replaced"),
            )

    def _get_progress(self, wanted, done, names):
        """Return the name of the step that the lines have reached.

        :param str wanted: the field of what is to be done
        :param str done: the field of what was done
        :param tuple names: of nothing to do, nothing done, something done, all done
        """
        self.ensure_one()
        none, nothing, some, everything = names
        lines = self.line_ids.filtered(lambda x: x[wanted] > 0 or x[done] > 0)
        if not lines:
            return none
        if all(x.uom_id.compare(x[done], x[wanted]) >= 0 for x in lines):
            return everything
        if any(x.uom_id.compare(x[done], 0.0) > 0 for x in lines):
            return some
        return nothing

    def _get_open_points(self):
        """Return what is still to be done before a return can be closed, in words."""
        self.ensure_one()
        points = []
        if self.receipt_status in ("expected", "partial"):
            points.append(self.env._("goods are still expected"))
        if self.refund_status in ("to_refund", "partial"):
            points.append(self.env._("money is still to be refunded"))
        if self.replacement_status in ("to_replace", "partial"):
            points.append(self.env._("a replacement is still to be sent"))
        return points
