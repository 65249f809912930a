from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import html2plaintext

# What an item of our warranties is called in a claim. Travel is not claimed.
CLAIMED_AS = {
    "parts": "parts",
    "consumables": "parts",
    "labour": "labour",
    "shipping": "shipping",
}


class AftersalesVendorClaimCostMixin(models.AbstractModel):
    """Prepares claims: from whom, and for which of our costs."""

    _name = "aftersales.vendor.claim.cost.mixin"
    _description = "Costs of a Supplier Claim"

    @api.model
    def _prepare_for_repairs(self, repairs):
        """Prepare the claims for repairs that we paid for, each repair once.

        A repair for which no supplier pays gets the reason in its history, and in
        that of its assessment.

        :param repairs: done ``repair.order`` records
        :return: the new claims
        """
        # sudo: a repair is done by people without rights on claims and costs.
        Claim, repairs = self.sudo(), repairs.sudo()
        known = Claim.search(
            [
                ("repair_id", "in", repairs.ids),
                ("state", "not in", ("rejected", "cancelled")),
            ]
        ).repair_id
        repairs = (repairs - known).filtered("aftersales_assessment_id.asset_id")
        receipts = repairs.aftersales_asset_id._get_vendor_receipts()
        vals_list, reasons = [], {}
        for repair in repairs:
            lines = self._get_repair_costs(repair)
            if not lines:
                continue
            asset, day = repair.aftersales_asset_id, repair.aftersales_date_reported
            found, reason = asset._narrow_receipts(receipts[asset], day)
            if found:
                vals = self._prepare_claim_vals(asset, found, day, lines)
                vals_list.append({**vals, **self._prepare_repair_vals(repair)})
            else:
                reasons[repair.id] = self.env._("No claim on a supplier: %s", reason)
        self._explain(repairs.browse(reasons), reasons)
        claims = Claim.create(vals_list)
        claims._announce()
        return claims.with_env(self.env)

    @api.model
    def _prepare_for_asset(self, asset):
        """Prepare a claim for a unit that was not repaired: for the unit itself.

        :raises UserError: when no supplier pays for a defect of today
        """
        day = asset.company_id._aftersales_today()
        receipts = asset._get_vendor_receipts()[asset]
        found, reason = asset._narrow_receipts(receipts, day)
        if not found:
            raise UserError(reason)
        line = self._prepare_unit_vals(asset, asset.quantity)
        # sudo: from whom the goods came follows from their receipt.
        claim = self.sudo().create(self._prepare_claim_vals(asset, found, day, [line]))
        return claim.with_env(self.env)

    @api.model
    def _prepare_unit_vals(self, asset, quantity):
        """Return the values of the line that claims the unit itself.

        :param float quantity: in the unit of the product
        """
        product = asset.product_id.with_company(asset.company_id)
        # sudo: what the unit has cost is what the claim is for.
        cost = product.sudo().standard_price * quantity
        return {
            "item": "parts",
            "name": asset.display_name,
            "product_id": product.id,
            "quantity": quantity,
            "cost": max(0.0, cost),
        }

    @api.model
    def _prepare_for_replacements(self, replacements):
        """Prepare the claims for units that were replaced at our cost.

        A unit for which no supplier pays gets the reason in its history.

        :param list replacements: ``(old unit, new unit, day of the replacement)``
        :return: the new claims
        """
        # sudo: deliveries replace units, made by people without rights on claims.
        Claim = self.sudo()
        olds = self.env["aftersales.asset"].sudo()
        olds = olds.union(*(old.sudo() for old, _new, _day in replacements))
        receipts = olds._get_vendor_receipts() if olds else {}
        vals_list, reasons = [], {}
        for old, new, day in replacements:
            unit, quantity = old.sudo(), new.sudo().quantity_delivered
            found, reason = unit._narrow_receipts(receipts[unit], day)
            if not found:
                reasons[unit.id] = self.env._("No claim on a supplier: %s", reason)
                continue
            line = self._prepare_unit_vals(unit, quantity)
            vals = self._prepare_claim_vals(unit, found, day, [line])
            vals_list.append({**vals, "is_for_replacement": True})
        olds.browse(reasons)._message_log_batch(bodies=reasons)
        claims = Claim.create(vals_list)
        claims._announce()
        return claims.with_env(self.env)

    @api.model
    def _prepare_claim_vals(self, asset, receipts, day, lines):
        """Return the values of a claim; with several receipts it asks which.

        :param receipts: ``Receipt`` tuples that cover the day, one for each vendor
        :param lines: values of ``aftersales.vendor.claim.line``
        """
        Candidate = self.env["aftersales.vendor.claim.candidate"]
        candidates = [Candidate._prepare_candidate_vals(r) for r in receipts]
        vals = {
            "company_id": asset.company_id.id,
            "currency_id": asset.company_id.currency_id.id,
            "asset_id": asset.id,
            "product_id": asset.product_id.id,
            "lot_id": asset.lot_id.id,
            "serial_number": asset.serial_number,
            "date_reported": day,
            "state": "choose",
            "line_ids": [Command.create(line) for line in lines],
        }
        if len(receipts) == 1:
            candidates[0]["is_chosen"] = True
            vals.update(self._prepare_chosen_vals(receipts[0].move, candidates[0]))
        vals["candidate_ids"] = [Command.create(c) for c in candidates]
        return vals

    @api.model
    def _prepare_chosen_vals(self, move, candidate):
        """Return what a claim takes over from the receipt that it is about."""
        order = move.purchase_line_id.order_id
        vals = {
            "state": "draft",
            "partner_id": candidate["partner_id"],
            "contact_id": (candidate["terms"] or {}).get("contact") or False,
            "receipt_move_id": move.id,
            "receipt_date": candidate["receipt_date"],
            "date_end": candidate["date_end"],
            "terms": candidate["terms"],
        }
        if order:
            vals["currency_id"] = order.currency_id.id
            vals["user_id"] = order.user_id.id or self.env.uid
        return vals

    @api.model
    def _prepare_repair_vals(self, repair):
        return {
            "repair_id": repair.id,
            "assessment_id": repair.aftersales_assessment_id.id,
            "fault": html2plaintext(repair.internal_notes or "").strip()
            or repair.repair_request,
        }

    @api.model
    def _get_repair_costs(self, repair):
        """Return what a repair has cost us beyond what the customer pays.

        Parts at the value of the stock that was used; labour and shipping at the cost
        of their products, or at their price where no cost is kept.

        :return: values of ``aftersales.vendor.claim.line``
        """
        parts = repair.move_ids.filtered(
            lambda m: m.state == "done" and m.repair_line_type == "add"
        )
        services = repair.sale_order_id.order_line.filtered(
            lambda line: not line.move_ids and line.state != "cancel"
        )
        found = [self._prepare_part_vals(repair, move) for move in parts]
        found += [self._prepare_service_vals(line) for line in services]
        return [vals for vals in found if vals["item"] and vals["cost"] > 0]

    @api.model
    def _prepare_part_vals(self, repair, move):
        """Return the line of a part that was used, less the customer's share."""
        product = move.product_id.with_company(repair.company_id)
        shares = repair.aftersales_assessment_id._get_shares(
            product, is_applied=repair.under_warranty
        )
        quantity = move.product_uom._compute_quantity(
            move.quantity, product.uom_id, rounding_method="HALF-UP"
        )
        value = abs(move.value) or product.standard_price * quantity
        return {
            "item": CLAIMED_AS.get(product.aftersales_item),
            "name": product.display_name,
            "product_id": product.id,
            "quantity": quantity,
            "cost": value * min(100.0, sum(shares)) / 100,
            "move_id": move.id,
        }

    @api.model
    def _prepare_service_vals(self, line):
        """Return the line of labour or shipping on the order of a repair."""
        item = CLAIMED_AS.get(line.aftersales_item)
        return {
            "item": item if item != "parts" else None,
            "name": line.product_id.display_name or line.name,
            "product_id": line.product_id.id,
            "quantity": line.product_uom_qty,
            "cost": self._get_service_cost(line) if item else 0.0,
        }

    @api.model
    def _get_service_cost(self, line):
        """Return what a service on an order has cost us, less the customer's part."""
        company = line.company_id
        share = line._aftersales_get_total_share() / 100
        unit_cost = line.product_id.with_company(company).standard_price
        if unit_cost:
            quantity = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, rounding_method="HALF-UP"
            )
            return unit_cost * quantity * share
        price = line._aftersales_get_uncovered_subtotal()
        return share * line.currency_id._convert(
            price, company.currency_id, company, line.order_id.date_order.date()
        )

    def _set_candidate(self, candidate):
        """Claim from the supplier of one of the possible receipts.

        :param candidate: ``aftersales.vendor.claim.candidate`` of this claim
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("choose", "draft") or candidate.claim_id != self:
            raise UserError(
                self.env._("The supplier is chosen before the claim is sent.")
            )
        # sudo: the terms follow from the receipt; the right to choose was checked.
        claim, chosen = self.sudo(), candidate.sudo()
        claim.candidate_ids.is_chosen = False
        chosen.is_chosen = True
        values = {
            "partner_id": chosen.partner_id.id,
            "receipt_date": chosen.receipt_date,
            "date_end": chosen.date_end,
            "terms": chosen.terms,
        }
        claim.write(self._prepare_chosen_vals(chosen.move_id, values))

    def _announce(self):
        """Tell repairs and units of their claims, and a person what is to choose."""
        bodies = {}
        for claim in self.filtered("repair_id"):
            bodies[claim.repair_id.id] = self.env._(
                "A claim on the supplier was prepared: %s", claim.display_name
            )
        self.repair_id._message_log_batch(bodies=bodies)
        for claim in self.filtered(lambda c: c.state == "choose"):
            claim.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Choose the supplier"),
                user_id=claim.user_id.id or self.env.uid,
            )

    @api.model
    def _explain(self, repairs, reasons):
        """Write down why there is no claim, where people look for it."""
        repairs._message_log_batch(bodies=reasons)
        assessments = {
            repair.aftersales_assessment_id.id: reasons[repair.id]
            for repair in repairs
            if repair.aftersales_assessment_id
        }
        self.env["aftersales.assessment"].sudo().browse(assessments)._message_log_batch(
            bodies=assessments
        )
        for repair in repairs:
            repair.aftersales_vendor_note = reasons[repair.id]
