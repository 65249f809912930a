from datetime import date
from typing import Any, NamedTuple

from odoo import models

# Visits that are made in one go.
CHUNK = 500


class Due(NamedTuple):
    """An occurrence of a service that is to be planned, or moved to another day."""

    contract: Any
    service: Any
    line: Any
    """The line of the contract with the unit; none for a contract without units."""
    number: int
    date_due: date
    day: date
    """The day for which it is planned: a working day."""
    place: Any
    """Whom the technician drives to."""
    row: Any
    """The row that is planned already, for another day; None for a new one."""


class AftersalesVisitTourMixin(models.AbstractModel):
    """Visits made by the plan: several units at one address on a day are one visit."""

    _name = "aftersales.visit.tour.mixin"
    _description = "Tour of a Visit"

    def _make_tours(self, dues):
        """Plan occurrences, in as few visits as possible.

        :param dues: ``Due`` tuples of one company
        """
        if not dues:
            return
        # What is planned by the night is no news to anybody.
        Visit = self.with_context(tracking_disable=True)
        dues = Visit._move_whole(dues)
        tours = Visit._find_tours(dues)
        new = {}
        for due in dues:
            key = Visit._get_due_key(due)
            if key not in tours:
                new.setdefault(key, []).append(due)
        keys = list(new)
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            visits = Visit.create([Visit._prepare_tour_vals(new[key]) for key in chunk])
            tours.update(zip(chunk, visits.ids, strict=True))
        Visit._put_on_tours(dues, tours)
        # What was there before takes longer now.
        old = {key: visit for key, visit in tours.items() if key not in new}
        touched = {old.get(Visit._get_due_key(due)) for due in dues} - {None}
        Visit.browse(touched)._sync_duration()

    def _put_on_tours(self, dues, tours):
        """Give each occurrence its line in the visit it belongs to."""
        Line = self.env["aftersales.visit.line"]
        vals_list, left = [], self.browse()
        for due in dues:
            visit_id = tours[self._get_due_key(due)]
            if due.row:
                left |= self.browse(due.row.visit_id)
                Line.browse(due.row.id).write(
                    {"visit_id": visit_id, "date_due": due.date_due}
                )
                continue
            vals_list.append(self._prepare_tour_line_vals(due, visit_id))
        for start in range(0, len(vals_list), 2 * CHUNK):
            Line.create(vals_list[start : start + 2 * CHUNK])
        left._drop_empty()
        left.exists()._sync_duration()

    def _move_whole(self, dues):
        """Move visits of which all lines go to the same day; return what is left."""
        moved = [due for due in dues if due.row]
        visits = self.browse({due.row.visit_id for due in moved})
        by_visit = {}
        for due in moved:
            by_visit.setdefault(due.row.visit_id, []).append(due)
        whole = set()
        for visit in visits:
            mine = by_visit[visit.id]
            days = {(due.day, due.place.id) for due in mine}
            if len(days) == 1 and len(mine) == len(visit.line_ids):
                whole.add(visit.id)
                place = mine[0].place
                elsewhere = place != visit.partner_id
                visit.write(
                    {
                        "date_planned": mine[0].day,
                        "partner_shipping_id": place.id if elsewhere else False,
                    }
                )
                for due in mine:
                    line = visit.line_ids.browse(due.row.id)
                    line.date_due = due.date_due
        return [due for due in dues if not due.row or due.row.visit_id not in whole]

    def _find_tours(self, dues):
        """Return the planned visits that more units can be added to.

        :return: ``{key: id of the visit}``
        """
        if not dues:
            return {}
        days = [due.day for due in dues]
        contracts = self.env["aftersales.contract"].browse(
            {due.contract.id for due in dues}
        )
        domain = [
            ("state", "=", "planned"),
            ("date_planned", ">=", min(days)),
            ("date_planned", "<=", max(days)),
            ("date_start", "=", False),
            ("company_id", "in", contracts.company_id.ids),
            ("contract_id", "!=", False),
        ]
        if any(contracts.company_id.mapped("aftersales_visit_join")):
            customers = contracts.commercial_partner_id
            domain.append(("commercial_partner_id", "in", customers.ids))
        else:
            domain.append(("contract_id", "in", contracts.ids))
        visits = self.search(domain, order="id desc")
        return {
            self._get_tour_key(
                visit.contract_id,
                visit.partner_shipping_id or visit.partner_id,
                visit.date_planned,
            ): visit.id
            for visit in visits
        }

    def _get_due_key(self, due):
        return self._get_tour_key(due.contract, due.place, due.day)

    def _get_tour_key(self, contract, place, day):
        """Return what visits have in common that are made in one go."""
        join = contract.company_id.aftersales_visit_join
        whose = contract.commercial_partner_id.id if join else contract.id
        return contract.company_id.id, whose, contract.team_id.id, place.id, day

    def _prepare_tour_vals(self, dues):
        """Return the values of a visit for occurrences at one place on one day."""
        first = dues[0]
        contract = first.contract
        elsewhere = first.place != contract.partner_id
        return {
            "company_id": contract.company_id.id,
            "contract_id": contract.id,
            "partner_id": contract.partner_id.id,
            "partner_shipping_id": first.place.id if elsewhere else False,
            "team_id": contract.team_id.id,
            "kind": first.service.kind,
            "date_planned": first.day,
            "duration": sum(due.service.duration for due in dues),
        }

    def _prepare_tour_line_vals(self, due, visit_id):
        """Return the values of the line of one occurrence in a visit."""
        return {
            "visit_id": visit_id,
            "asset_id": due.line.asset_id.id,
            "contract_line_id": due.line.id,
            "service_id": due.service.id,
            "number": due.number,
            "date_due": due.date_due,
        }

    def _sync_duration(self):
        """Let visits take as long as the services at their units do."""
        for visit in self:
            hours = sum(line.service_id.duration for line in visit.line_ids)
            if hours and visit.duration != hours:
                visit.duration = hours

    def _drop_empty(self):
        """Delete planned visits without units; cancel those that people wrote on."""
        empty = self.exists().filtered(
            lambda v: v.state == "planned" and not v.line_ids
        )
        if not empty:
            return
        written = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", empty.ids),
                ("message_type", "in", ["comment", "email"]),
            ]
        )
        kept = self.browse(written.mapped("res_id")) | empty.filtered("instead_of_id")
        kept._write_state(state="cancelled")
        (empty - kept).unlink()
