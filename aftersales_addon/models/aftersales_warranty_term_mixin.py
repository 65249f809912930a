import json
from collections import defaultdict

from odoo import fields, models

from ..tools.periods import add_period, run_term
from .aftersales_warranty_policy_promise_mixin import USAGE_UNITS

# A warranty closed for one of these never was: what follows it moves up.
LEAVES_NO_GAP = {"refunded", "superseded", "manual"}


class AftersalesWarrantyTermMixin(models.AbstractModel):
    """When a warranty begins and ends, and what moved its end.

    The dates are always worked out from the first anchor: the layers that come
    before, the own term and the changes are added up, never counted from the last
    boundary on.
    """

    _name = "aftersales.warranty.term.mixin"
    _description = "Term of a Warranty"

    date_anchor = fields.Date(
        string="Counted From",
        readonly=True,
        help="The day of the event that started the first of the warranties that "
        "follow each other.",
    )
    offset = fields.Json(
        string="Terms Before", readonly=True, help="What lies before the own term."
    )
    base_id = fields.Many2one(
        "aftersales.warranty",
        string="Follows",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="The warranty whose end starts this one.",
    )
    follower_ids = fields.One2many(
        "aftersales.warranty",
        "base_id",
        string="Followed By",
        groups="base.group_user",
    )
    date_start = fields.Date(
        string="Start",
        readonly=True,
        help="The day of the event that starts the warranty. It is covered too, but "
        "not counted.",
    )
    date_end = fields.Date(string="Last Covered Day", readonly=True)
    is_start_provisional = fields.Boolean(
        string="Start May Come Earlier",
        readonly=True,
        help="The warranty starts by itself on this day, or with the event that "
        "starts it if that comes first.",
    )
    usage_limit = fields.Float(readonly=True)
    usage_unit = fields.Selection(USAGE_UNITS, string="Unit of Usage", readonly=True)
    usage_start = fields.Float(
        string="Usage at the Start",
        readonly=True,
        help="The reading on the day on which the warranty started.",
    )
    date_used_up = fields.Date(
        string="Used Up On",
        readonly=True,
        copy=False,
        help="The day of the first reading beyond the limit of usage.",
    )
    change_ids = fields.One2many(
        "aftersales.warranty.change",
        "warranty_id",
        string="Changes",
        groups="base.group_user",
    )

    def _prepare_warranty_vals(self, version, event_day, base=None):
        """Return the values of a warranty under a version of a policy.

        The caller adds the installed product and its company.

        :param version: ``aftersales.warranty.policy.version``
        :param date event_day: the day of the start event; False while it has not
            happened
        :param base: the ``aftersales.warranty`` that this one follows; its end is
            the start then, whatever the day
        """
        vals = {
            "policy_id": version.policy_id.id,
            "version_id": version.id,
            "kind": version.kind,
        }
        if version._get_option("usage_limit"):
            vals["usage_limit"] = version._get_option("usage_limit")
            vals["usage_unit"] = version._get_option("usage_unit")
        if base:
            vals["base_id"] = base.id
        if base and base.date_end:
            anchor, offset, _end = base._get_term()
        else:
            anchor, offset = (False if base else event_day), ()
        if not anchor:
            return {**vals, "state": "waiting"}
        return {**vals, **self._prepare_term_vals(version, anchor, offset)}

    def _prepare_term_vals(self, version, anchor, offset=(), changes=()):
        """Return the dates and the coverage of a term that has started."""
        own = (version.duration, version.duration_unit)
        coverage = []
        for line in version.lines or []:
            term = (line["duration"], line["unit"])
            end = run_term(anchor, (*offset, term), changes).end
            kept = {k: line[k] for k in ("item", "share", "categ_id") if k in line}
            coverage.append({**kept, "end": end.isoformat()})
        return {
            "state": "open",
            "date_anchor": anchor,
            "offset": [list(period) for period in offset] or False,
            "date_start": run_term(anchor, offset).end,
            "date_end": run_term(anchor, (*offset, own), changes).end,
            "coverage": coverage,
        }

    def _get_last_day(self):
        """Return the last covered day, by term and by usage."""
        self.ensure_one()
        if not self.date_used_up:
            return self.date_end
        return min(self.date_end, fields.Date.subtract(self.date_used_up, days=1))

    def _get_term(self):
        """Return how the end was counted, for what follows it.

        :return: ``tools.periods.Term``
        """
        self.ensure_one()
        offset = self.offset or ()
        if self.state == "closed" and self.close_reason in LEAVES_NO_GAP:
            return run_term(self.date_anchor, offset)
        own = (self.version_id.duration, self.version_id.duration_unit)
        return run_term(self.date_anchor, (*offset, own), self._get_period_changes())

    def _get_period_changes(self):
        # In the order of their days: one that was just made stands last in the cache.
        changes = self.change_ids.sorted(lambda c: (c.date, c.id))
        return [change._as_period_change() for change in changes]

    def _recompute_dates(self):
        """Work out the dates again, and those of the warranties that follow."""
        # sudo: dates follow from the start and the changes, whoever made those.
        started = self.sudo().filtered("date_anchor")
        equal = defaultdict(list)
        for warranty in started:
            vals = warranty._prepare_term_vals(
                warranty.version_id,
                warranty.date_anchor,
                [tuple(period) for period in warranty.offset or ()],
                warranty._get_period_changes(),
            )
            del vals["state"]
            # An open end is never moved by writing the same dates again.
            if any(vals[name] != warranty[name] for name in ("date_start", "date_end")):
                key = json.dumps(vals, default=str, sort_keys=True)
                equal[key].append((warranty.id, vals))
            elif vals["coverage"] != warranty.coverage:
                equal[warranty.id].append((warranty.id, vals))
        for group in equal.values():
            changed = started.browse(wid for wid, _vals in group)
            changed.write(group[0][1])
        started._move_followers()

    def _move_followers(self):
        """Let the warranties that follow these start where these end now."""
        # sudo: as in _recompute_dates.
        followers = self.sudo().follower_ids
        for warranty in followers:
            warranty._follow_base()
        if followers:
            followers._recompute_dates()

    def _follow_base(self):
        """Take the start from the end of the warranty that this one follows."""
        self.ensure_one()
        base = self.base_id
        if not base.date_end:
            return
        term = base._get_term()
        vals = {
            "date_anchor": term.anchor,
            "offset": [list(period) for period in term.periods] or False,
        }
        if self.state == "waiting":
            vals.update(
                self._prepare_term_vals(self.version_id, term.anchor, term.periods)
            )
        self.write(vals)

    def _start_or_wait(self, day=None):
        """Start a warranty with its event, at the latest on the day of its cap.

        A start by the cap is provisional: the event may still come before that day
        and start the warranty earlier.

        :param date day: the day of the event; None when it has not happened
        :return: the warranty if it started or moved, else an empty recordset
        """
        self.ensure_one()
        cap = self.version_id._get_option("start_cap")
        # One that goes on from another unit counts from the delivery of that one.
        delivered = self._get_lineage()[:1].asset_id.delivery_date
        latest = add_period(delivered, cap, "day") if cap and delivered else None
        start = min(d for d in (day, latest) if d) if day or latest else None
        provisional = not day
        known = self.date_start if self.is_start_provisional else None
        if not start or (start == known and provisional):
            return self.browse()
        changes = self._get_period_changes()
        usage = self._get_usage_on(start)
        self.write(
            {
                **self._prepare_term_vals(self.version_id, start, changes=changes),
                "is_start_provisional": provisional,
                **({"usage_start": usage} if usage else {}),
            }
        )
        self._move_followers()
        return self

    def _get_usage_on(self, day):
        """Return the reading on a day, in the unit of the limit; None if unknown."""
        self.ensure_one()
        if not self.usage_limit:
            return None
        return self.asset_id._get_usage(day)[self.asset_id].get(self.usage_unit)

    def _add_change(self, kind, count=0, unit="day", reason=None, day=None, **vals):
        """Move the end of warranties.

        :param str kind: a value of ``aftersales.warranty.change.kind``
        :param int count: how many units are added
        :param str unit: ``day``, ``week``, ``month`` or ``year``
        :param str reason: in words, for the people who look at it later
        :param date day: the day of what causes it; today where the company works
            when not given. A term that was over on that day stays over, except for
            a recall and for goodwill.
        :param vals: more values for the changes, ``date_floor`` for one
        :return: the new ``aftersales.warranty.change`` records
        """
        days = self.company_id._aftersales_today_by_company()
        # sudo: a change is made by what caused it, not by rights on warranties.
        changes = self.env["aftersales.warranty.change"].sudo()
        changes = changes.create(
            [
                {
                    "warranty_id": warranty.id,
                    "kind": kind,
                    "count": count,
                    "unit": unit,
                    "reason": reason,
                    "date": day or days[warranty.company_id],
                    **vals,
                }
                for warranty in self
            ]
        )
        self._recompute_dates()
        return changes.with_env(self.env)
