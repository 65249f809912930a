from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.mail import html2plaintext

# On the list of a phone: what is left over, today, and the days after.
DAYS_AHEAD = 7
MAX_VISITS = 100
OPEN = ("planned", "scheduled", "on_way", "in_progress")


class AftersalesVisitScreenMixin(models.AbstractModel):
    """What a technician's phone shows."""

    _name = "aftersales.visit.screen.mixin"
    _description = "Visit on the Phone"

    def action_open_work(self):
        """Open the visit as the technician's phone shows it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "aftersales_visit_work",
            "name": self.number,
            "params": {"visit_id": self.id},
            "context": {"active_id": self.id},
            "target": "current",
        }

    @api.model
    def get_my_work(self):
        """Return the visits of the present user: left over, today, the next days.

        :return: ``{"today": day, "visits": [...]}``, as plain values
        """
        self._check_colleague()
        today = self.env.company._aftersales_today()
        mine = Domain("user_id", "=", self.env.uid)
        mine |= Domain("helper_ids", "in", self.env.user.ids)
        still = Domain("state", "in", OPEN)
        still &= Domain("date_planned", "<=", today + timedelta(days=DAYS_AHEAD))
        done = Domain("state", "in", ("done", "not_done"))
        done &= Domain("date_planned", "=", today)
        visits = self.search(mine & (still | done), limit=MAX_VISITS)
        return {
            "today": str(today),
            "visits": [visit._show_row() for visit in visits],
        }

    def _show_row(self):
        """Return what the list on a phone shows of a visit."""
        self.ensure_one()
        place = self.partner_shipping_id or self.partner_id
        return {
            "id": self.id,
            "number": self.number,
            "kind": self._show_label("kind"),
            "state": self.state,
            "state_label": self._show_label("state"),
            "day": str(self.date_planned),
            "start": self._show_moment(self.date_start),
            "end": self._show_moment(self.date_end),
            "customer": self.partner_id.display_name,
            "address": self._show_address(place),
        }

    def get_work(self):
        """Return all that a technician needs of a visit, as plain values.

        Nothing is written. What the checklist will ask is told before the visit has
        begun, so that it can begin where there is no line.

        :raises AccessError: for those who may not see the visit
        """
        self.ensure_one()
        self._check_colleague()
        place = self.partner_shipping_id or self.partner_id
        return {
            **self._show_row(),
            "version": self.save_count,
            "phone": place.phone or self.partner_id.phone or "",
            "contact": "" if self.partner_id.is_company else self.partner_id.name or "",
            "todo": html2plaintext(self.description or "").strip(),
            "internal": html2plaintext(self.note or "").strip(),
            "technician": self.user_id.name or "",
            "is_mine": self.user_id == self.env.user,
            "is_frozen": self.is_frozen,
            "findings": self._get_findings(),
            "is_fixed": self.is_fixed or "",
            "not_fixed_reason": self.not_fixed_reason or "",
            "signed_by": self.signed_by or "",
            "date_signed": self._show_moment(self.date_signed),
            "signature_refusal": self.signature_refusal or "",
            "technician_signed": bool(self.date_technician_signed),
            "needs_signature": sorted(self._get_needed_signatures()),
            "lines": [self._show_line(line) for line in self.line_ids],
            "checks": self._show_checks(),
            "parts": self._show_parts(),
            "times": [self._show_time(time) for time in self.time_ids],
            "photos": self.photo_ids.ids,
            "further": self._show_further(),
        }

    @api.model
    def get_parts(self, text):
        """Return goods for a technician who types a part's name or number.

        :param str text: what was typed
        :return: ``[{"id", "name", "tracking"}]``, ten at most
        """
        self._check_colleague()
        goods = Domain("type", "=", "consu")
        found = self.env["product.product"].name_search(
            str(text or "")[:128], goods, limit=10
        )
        products = self.env["product.product"].browse([row[0] for row in found])
        return [
            {
                "id": product.id,
                "name": product.display_name,
                "tracking": product.tracking,
                "unit": product.uom_id.name,
            }
            for product in products
        ]

    @api.model
    def _check_colleague(self):
        """Refuse customers, and colleagues who do not see visits."""
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This is for colleagues only."))
        self.check_access("read")

    # --- Plain values ---

    def _show_label(self, name):
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    @api.model
    def _show_moment(self, moment):
        return moment.isoformat() + "Z" if moment else ""

    @api.model
    def _show_address(self, partner):
        # sudo: only where the visit takes place.
        lines = partner.sudo()._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    def _show_line(self, line):
        # sudo: technicians read no services of contracts of other colleagues.
        asset, service = line.asset_id.sudo(), line.service_id.sudo()
        unit = asset.usage_unit or ""
        reading = self.reading_ids.filtered(lambda r: r.asset_id == line.asset_id)[:1]
        return {
            "id": line.id,
            "name": asset.display_name or "",
            "service": service.name or "",
            "usage_unit": unit,
            "usage": asset.usage_label or "",
            "last_reading": asset._get_readings(unit)[-1:].value if unit else 0.0,
            "reading": reading.display_name or "",
            "coverage": asset.coverage_label or "",
        }

    def _show_checks(self):
        """Return the checks, or those that will be made when the visit begins."""
        known = {(c.line_id.id or 0, c.item_id.id): c for c in self.check_ids}
        rows = [self._show_check(check) for check in self.check_ids]
        if self._is_over() or self.date_signed:
            return rows
        for line, checklist in self.sudo()._get_checklists():
            rows += [
                self._show_item(line, item)
                for item in checklist.item_ids
                if (line.id or 0, item.id) not in known
            ]
        return rows

    def _show_check(self, check):
        return {
            "id": check.id,
            "line_id": check.line_id.id or 0,
            "item_id": check.item_id.id or 0,
            "name": check.name,
            "instruction": check.instruction or "",
            "kind": check.kind,
            "is_required": check.is_required,
            "unit": check.value_unit or "",
            "has_limits": check.has_limits,
            "min": check.value_min,
            "max": check.value_max,
            "limits": check.limits or "",
            "is_ticked": check.is_ticked,
            "value": check.value,
            "has_value": check.has_value,
            "text": check.text or "",
            "is_na": check.is_na,
            "note": check.note or "",
            "photos": check.photo_ids.ids,
        }

    def _show_item(self, line, item):
        """Return a check that is not made yet."""
        check = self.env["aftersales.visit.check"].new(
            self._prepare_check_vals(line, item)
        )
        return {
            **self._show_check(check),
            "id": 0,
            "line_id": line.id or 0,
            "item_id": item.id,
            "name": item.with_context(lang=self.env.lang).name,
            "instruction": item.with_context(lang=self.env.lang).instruction or "",
            "unit": item.with_context(lang=self.env.lang).value_unit or "",
        }

    def _show_parts(self):
        # sudo: technicians read no lots and no places.
        waiting = self.sudo().part_ids.filtered(lambda p: p.state == "planned")
        problems = {} if self._is_over() else waiting._get_stock_errors()
        return [
            self._show_part(part, problems.get(part.sudo(), ""))
            for part in self.part_ids
        ]

    def _show_part(self, part, problem):
        # sudo: as in _show_parts.
        plain = part.sudo()
        return {
            "id": part.id,
            "line_id": part.line_id.id or 0,
            "kind": part.kind,
            "kind_label": dict(part._fields["kind"]._description_selection(self.env))[
                part.kind
            ],
            "name": plain.product_id.display_name,
            "lot": plain.lot_id.name or "",
            "quantity": part.quantity,
            "unit": plain.uom_id.name,
            "state": part.state,
            "pays": part.coverage_label or "",
            "place": plain.location_id.display_name or "",
            "problem": problem,
            "is_forced": part.is_forced,
        }

    def _show_time(self, time):
        return {
            "id": time.id,
            "kind": time.kind,
            "user": time.user_id.name,
            "is_mine": time.user_id == self.env.user,
            "start": self._show_moment(time.date_start),
            "end": self._show_moment(time.date_end),
            "note": time.note or "",
        }

    def _show_further(self):
        # sudo: only the numbers of what this visit has led to.
        visit = self.sudo()
        return [
            *(v.display_name for v in visit.further_visit_ids),
            *(c.display_name for c in visit.further_case_ids),
        ]
