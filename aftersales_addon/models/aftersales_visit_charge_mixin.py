import logging

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import formatLang

_logger = logging.getLogger(__name__)

CHARGE_GROUPS = "aftersales_addon.aftersales_group_user,sales_team.group_sale_salesman"


class AftersalesVisitChargeMixin(models.AbstractModel):
    """What of a visit the customer pays for, and the order that it is invoiced by.

    A service of a contract is in its price, or it is charged for each visit, or its
    quota is used up. Work that no contract promises is charged by the hour, and parts
    by the piece; warranties and contracts pay the shares that they cover.
    """

    _name = "aftersales.visit.charge.mixin"
    _description = "Charges of a Visit"

    charge_order_id = fields.Many2one(
        "sale.order",
        string="Charged By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    charge_label = fields.Html(
        string="What Is Charged",
        compute="_compute_charge_label",
        sanitize=False,
        groups="base.group_user",
    )
    has_charges = fields.Boolean(
        string="Is Charged", compute="_compute_charge_label", groups="base.group_user"
    )

    @api.depends_context("lang")
    def _compute_charge_label(self):
        for visit in self:
            entries = visit._get_charge_preview() if visit.id else []
            visit.charge_label = visit._render_charges(entries)
            visit.has_charges = any(entry["amount"] for entry in entries)

    def _render_charges(self, entries):
        """Return the charges as a table that people can read."""
        if not entries:
            return Markup("<p>%s</p>") % self.env._("Nothing is charged.")
        row = Markup(
            "<tr><td>%s</td><td class='text-end'>%s</td><td>%s</td>"
            "<td class='text-end'>%s</td></tr>"
        )
        rows = Markup().join(
            row
            % (
                entry["name"],
                entry["uom"]._aftersales_format(entry["quantity"]),
                entry["reason"],
                formatLang(self.env, entry["amount"], currency_obj=entry["currency"]),
            )
            for entry in entries
        )
        head = Markup(
            "<tr><th>%s</th><th class='text-end'>%s</th><th>%s</th>"
            "<th class='text-end'>%s</th></tr>"
        ) % (
            self.env._("What"),
            self.env._("Quantity"),
            self.env._("Why"),
            self.env._("The Customer Pays"),
        )
        table = Markup("<table class='table table-sm'><thead>%s</thead>%s</table>")
        return table % (head, rows)

    # --- Before and after the work ---

    def _get_charge_preview(self):
        """Return what the customer pays for, and why, as far as it is known.

        Before the work, its expected duration stands for the hours.

        :return: a list of dicts: ``kind`` (visit, parts, labour, travel), ``name``,
            ``product``, ``quantity``, ``uom``, ``price_unit``, ``covered_share`` (in
            percent), ``amount`` (what the customer pays, without taxes) and
            ``amount_total`` (with taxes), ``currency``, ``reason`` (in words for the
            customer), ``asset``, ``part``
        """
        self.ensure_one()
        # sudo: what a visit costs does not depend on who asks.
        visit = self.sudo().with_company(self.company_id)
        entries = [
            *visit._get_visit_charges(),
            *visit._get_hour_charges(),
            *visit._get_part_charges(),
        ]
        for entry in entries:
            visit._add_charge_amounts(entry)
        return entries

    def _get_hour_charges(self):
        """Return charges for work and way that no contract has in its price."""
        self.ensure_one()
        lines = self.line_ids
        open_lines = lines.filtered(lambda line: not line.service_id)
        if lines and not open_lines:
            return []
        company = self.company_id
        known = bool(self.time_ids)
        hours = {
            "labour": self.hours_work if known else self.duration,
            "travel": self.hours_travel,
        }
        products = {
            "labour": company.aftersales_visit_labour_product_id,
            "travel": company.aftersales_visit_travel_product_id,
        }
        entries = []
        for item, product in products.items():
            if not product or not hours[item]:
                continue
            # Each unit has the same part of the time.
            each = hours[item] / max(len(lines), 1)
            for line in open_lines or [self.env["aftersales.visit.line"]]:
                entry = {"kind": item, "quantity": each, "part": False}
                entries.append(self._prepare_charge(entry, product, line.asset_id))
        return entries

    def _get_part_charges(self):
        """Return charges for the parts that were put in."""
        self.ensure_one()
        parts = self.part_ids.filtered(
            lambda p: p.kind == "used" and p.state != "taken_back"
        )
        entries = []
        for part in parts:
            entry = {"kind": "parts", "quantity": part.quantity, "part": part}
            entry = self._prepare_charge(entry, part.product_id, part.asset_id)
            entries.append({**entry, "uom": part.uom_id})
        return entries

    def _prepare_charge(self, entry, product, asset):
        """Return a charge at the share that is covered today."""
        self.ensure_one()
        share, reason = self._get_covered_share(product, asset)
        return {
            "name": product.display_name,
            "product": product,
            "uom": product.uom_id,
            "price_unit": None,
            "covered_share": share,
            "reason": reason,
            "asset": asset,
            **entry,
        }

    def _get_covered_share(self, product, asset):
        """Return what warranties and contracts pay of a product, and why."""
        item = product.aftersales_item
        if not asset or not item:
            return 0.0, self.env._("Not covered.")
        answer = asset._assess(self._get_claim_day(), item=item, product=product)
        found = answer["items"].get(item)
        if not found or not found["share"]:
            return 0.0, self.env._("Not covered.")
        names = {
            layer.get("warranty_id"): layer.get("name")
            for layer in answer.get("layers", ())
        }
        return found["share"], self.env._(
            "%(share)s %% covered: %(warranty)s",
            share=self.env["res.lang"]._aftersales_format_number(found["share"]),
            warranty=names.get(found.get("warranty_id")) or "",
        )

    def _add_charge_amounts(self, entry):
        """Add prices and what the customer pays of them."""
        self.ensure_one()
        partner = self._get_charged_partner()
        pricelist = partner.property_product_pricelist
        product, currency = entry["product"], self._get_charge_currency()
        if entry["price_unit"] is None:
            entry["price_unit"] = pricelist._get_product_price(
                product, entry["quantity"], currency=currency, uom=entry["uom"]
            )
        left = 1.0 - entry["covered_share"] / 100.0
        position = self.env["account.fiscal.position"]._get_fiscal_position(partner)
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
        totals = position.map_tax(taxes).compute_all(
            entry["price_unit"] * left,
            currency=currency,
            quantity=entry["quantity"],
            product=product,
            partner=partner,
        )
        entry["currency"] = currency
        entry["amount"] = totals["total_excluded"]
        entry["amount_total"] = totals["total_included"]

    def _get_charged_partner(self):
        self.ensure_one()
        return self.contract_id.partner_id or self.partner_id

    def _get_charge_currency(self):
        self.ensure_one()
        pricelist = self._get_charged_partner().property_product_pricelist
        return pricelist.currency_id or self.company_id.currency_id

    # --- The order ---

    def action_charge(self):
        """Make the order over what the customer pays for, confirm and open it."""
        self.ensure_one()
        self.check_access("write")
        if not self._can_charge():
            raise AccessError(
                self.env._("Ask somebody of the service desk or of sales to charge it.")
            )
        if not self.charge_order_id and not self._is_over():
            raise UserError(
                self.env._("Finish the visit first: then it is known what to charge.")
            )
        # sudo: the order follows from the visit; whoever may change the visit need
        # not sell.
        order = self.sudo()._create_charge_order()
        if not order:
            raise UserError(
                self.env._("There is nothing to charge: all of it is covered.")
            )
        if order.state in ("draft", "sent"):
            order.action_confirm()
        return self.action_view_charge_order()

    def _can_charge(self):
        """Tell whether the user may make an order out of a visit."""
        return self.env.su or self.env.user.has_groups(CHARGE_GROUPS)

    def action_view_charge_order(self):
        """Open the order that the visit is charged by."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [(False, "form")],
            "res_id": self.charge_order_id.id,
        }

    def _create_charge_order(self):
        """Make the order over what is not covered; the one that there is, if any.

        :return: a ``sale.order``, empty when there is nothing to pay
        """
        self.ensure_one()
        if self.charge_order_id and self.charge_order_id.state != "cancel":
            return self.charge_order_id
        entries = [e for e in self._get_charge_preview() if self._is_shown(e)]
        if not any(entry["amount"] for entry in entries):
            return self.env["sale.order"]
        self._check_charged_products(entries)
        entries = [entry for entry in entries if entry["product"]]
        visit = self.with_company(self.company_id)
        order = visit.env["sale.order"].create(visit._prepare_charge_order(entries))
        visit._cover_lines(order, entries)
        visit.charge_order_id = order
        return order

    def _check_charged_products(self, entries):
        """Refuse to leave out what has a price, because it has no product."""
        lost = [x["name"] for x in entries if x["amount"] and not x["product"]]
        if lost:
            raise UserError(
                self.env._(
                    "“%s” has a price, but no product to invoice it as. Name one under "
                    "“Charged As” of the service, or for work in the settings.",
                    lost[0],
                )
            )

    @staticmethod
    def _is_shown(entry):
        """Tell whether a charge is put on the order: a visit in the price is not."""
        return entry["kind"] != "visit" or entry["covered_share"] < 100

    def _prepare_charge_order(self, entries):
        """Return the values of the order."""
        self.ensure_one()
        partner = self._get_charged_partner()
        vals = {
            "partner_id": partner.id,
            "company_id": self.company_id.id,
            "origin": self.number,
            "user_id": self.contract_id.user_id.id,
            "order_line": [
                Command.create(
                    {
                        "sequence": number,
                        "product_id": entry["product"].id,
                        "product_uom_qty": entry["quantity"],
                        "product_uom_id": entry["uom"].id,
                        "price_unit": entry["price_unit"],
                        "aftersales_visit_id": self.id,
                        "aftersales_visit_part_id": entry["part"] and entry["part"].id,
                        **self._prepare_done_vals(entry),
                    }
                )
                for number, entry in enumerate(entries, 10)
            ],
        }
        if self.contract_id.partner_invoice_id:
            vals["partner_invoice_id"] = self.contract_id.partner_invoice_id.id
        if self.partner_shipping_id:
            vals["partner_shipping_id"] = self.partner_shipping_id.id
        return vals

    def _prepare_done_vals(self, entry):
        """Return the values of an order line for work that is done already."""
        vals = {}
        if entry["kind"] == "visit":
            vals["name"] = entry["name"]
        if entry["product"].type == "service" and self.state == "done":
            vals["qty_delivered"] = entry["quantity"]
        return vals

    def _cover_lines(self, order, entries):
        """Take the covered shares off the lines, with the reasons."""
        lines = order.order_line.sorted("sequence")
        assets = self.env["aftersales.asset"]
        for entry in entries:
            if entry["kind"] != "visit":
                assets |= entry["asset"] or assets.browse()
        answers = self.env["aftersales.assessment"]._make(
            [{"asset": asset, "date": self._get_claim_day()} for asset in assets]
        )
        by_asset = dict(zip(assets, answers, strict=True))
        for line, entry in zip(lines, entries, strict=True):
            if entry["asset"] in by_asset and entry["kind"] != "visit":
                line.aftersales_assessment_id = by_asset[entry["asset"]]
            if entry["part"]:
                entry["part"].sale_line_id = line
                moves = entry["part"].move_ids.filtered(lambda m: m.state == "done")
                moves.sale_line_id = line

    def _after_done(self):
        result = super()._after_done()
        for visit in self:
            visit._charge_carefully()
        return result

    def _charge_carefully(self):
        """Prepare the order; a technician must not be kept from going home by it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                # sudo: as in action_charge.
                order = self.sudo()._create_charge_order()
                if order.state == "draft" and self.sudo().agreement == "given":
                    order.action_confirm()
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            _logger.warning("No order for visit %s", self.id, exc_info=True)
            self._message_log(
                body=self.env._("What is charged could not be worked out: %s", error)
            )
