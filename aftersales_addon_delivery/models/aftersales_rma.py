import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

_logger = logging.getLogger(__name__)

PDF = b"%PDF"


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    return_carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Carrier of the Way Back",
        compute="_compute_return_carrier_id",
        store=True,
        readonly=False,
        check_company=True,
        groups="base.group_user",
        help="Makes the return label, where it can.",
    )
    can_make_label = fields.Boolean(
        compute="_compute_can_make_label", groups="base.group_user"
    )
    label_price = fields.Monetary(
        string="Price of the Label",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="As the carrier told it, in the currency of the company.",
    )

    @api.depends("line_ids.move_id")
    def _compute_return_carrier_id(self):
        for rma in self:
            if rma.return_carrier_id:
                continue
            # sudo: which carrier brought the goods is no secret of the warehouse.
            carriers = rma.sudo()._get_deliveries().carrier_id
            able = carriers.filtered("can_generate_return")
            rma.return_carrier_id = able if len(able) == 1 else False

    @api.depends("state", "return_carrier_id", "return_label", "picking_ids.state")
    def _compute_can_make_label(self):
        for rma in self:
            # sudo: as above.
            carrier = rma.sudo().return_carrier_id
            rma.can_make_label = (
                carrier.can_generate_return
                and not rma._has_label()
                and bool(rma.sudo()._get_open_receipt())
            )

    @api.depends("label_price")
    def _compute_cost_shipping(self):
        return super()._compute_cost_shipping()

    def _get_cost_shipping(self):
        self.ensure_one()
        return self.label_price or super()._get_cost_shipping()

    def _get_deliveries(self):
        """Return the deliveries that brought the goods."""
        return self.line_ids.move_id.picking_id

    def _get_open_receipt(self):
        """Return the receipt that a label can be made for, may be empty."""
        self.ensure_one()
        if self.state != "approved":
            return self.env["stock.picking"]
        receipts = self._get_receipts()
        return receipts.filtered(lambda p: p.state not in ("done", "cancel"))[:1]

    # --- Labels ---

    def _set_approved(self, user=None):
        result = super()._set_approved(user)
        # sudo: the label follows from the approval.
        for rma in self.sudo().filtered(lambda r: r._is_label_made_by_itself()):
            rma._try_label()
        return result

    def _is_label_made_by_itself(self):
        """Tell whether the label is made with the approval."""
        self.ensure_one()
        return (
            self.can_make_label
            and self.return_carrier_id.get_return_label_from_portal
            and "company" in self._get_shipping_payers()
        )

    def _try_label(self):
        """Make the label; tell the responsible when the carrier does not."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._make_carrier_label()
        except UserError as error:
            _logger.info("No return label for %s: %s", self.name, error)
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("The carrier has made no return label"),
                note=str(error),
                user_id=(self.user_id or self.env.user).id,
            )

    def action_make_label(self):
        """Order the return labels from the carriers."""
        self._check_state("approved", self.env._("given a label"))
        self.check_access("write")
        for rma in self:
            # sudo: who settles returns need not have rights on transfers.
            rma.sudo()._make_carrier_label()

    def _make_carrier_label(self):
        """Order the label from the carrier and put it on the return.

        :raises UserError: when the carrier makes none
        """
        self.ensure_one()
        carrier = self.return_carrier_id
        if not carrier.can_generate_return:
            raise UserError(
                self.env._(
                    "Choose a carrier that makes return labels, or upload a label."
                )
            )
        labels = self._find_delivery_labels(carrier)
        if not labels:
            labels = self._order_label(carrier)
        content = self._merge_labels(labels)
        self.write(
            {
                "return_label": base64.b64encode(content),
                "return_label_name": labels[0].name,
            }
        )

    def _find_delivery_labels(self, carrier):
        """Return the labels that the carrier made with the delivery, may be empty.

        :param carrier: ``delivery.carrier``
        """
        self.ensure_one()
        deliveries = self._get_deliveries()
        all_there = all(line.move_id for line in self.line_ids if not line.is_kept)
        if len(deliveries) != 1 or not all_there or deliveries.carrier_id != carrier:
            return self.env["ir.attachment"]
        labels = deliveries.return_label_ids
        used = self.search_count(
            [
                ("id", "!=", self.id),
                ("line_ids.move_id.picking_id", "=", deliveries.id),
                ("state", "in", ("approved", "done")),
            ],
            limit=1,
        )
        # One label is good for one parcel.
        return labels.browse() if used else labels.sorted("id")

    def _order_label(self, carrier):
        """Order a label from the carrier.

        :param carrier: ``delivery.carrier``
        :return: ``ir.attachment`` records
        """
        self.ensure_one()
        receipt = self._get_open_receipt()
        if not receipt:
            raise UserError(
                self.env._("%s expects no goods that a label is for.", self.name)
            )
        receipt.carrier_id = carrier
        known, price = receipt.return_label_ids, receipt.carrier_price
        carrier.get_return_label(receipt)
        receipt.invalidate_recordset(["return_label_ids"])
        labels = receipt.return_label_ids - known
        if not labels:
            raise UserError(self.env._("%s has made no return label.", carrier.name))
        if receipt.carrier_price != price:
            sold = self.line_ids.sale_line_id.currency_id[:1]
            self.label_price = (sold or self.currency_id)._convert(
                receipt.carrier_price,
                self.currency_id,
                self.company_id,
                fields.Date.context_today(self),
            )
        return labels.sorted("id")

    @api.model
    def _merge_labels(self, labels):
        """Return one file of the labels of all parcels.

        :param labels: ``ir.attachment`` records
        """
        contents = [label.raw for label in labels if label.raw]
        documents = [content for content in contents if content.startswith(PDF)]
        if len(documents) > 1:
            return merge_pdf(documents)
        return (documents or contents)[0]

    # --- Tracking ---

    def _get_tracking(self):
        parcels = super()._get_tracking()
        known = {parcel["number"] for parcel in parcels}
        # sudo: parcels of the return, for who may see it.
        rma = self.sudo()
        for direction, pickings in (
            ("in", rma._get_receipts()),
            ("out", rma._get_outgoing_pickings()),
        ):
            for picking in pickings.filtered("carrier_tracking_ref"):
                for parcel in picking._aftersales_get_parcels():
                    if parcel["number"] not in known:
                        parcels.append({"direction": direction, **parcel})
        return parcels
