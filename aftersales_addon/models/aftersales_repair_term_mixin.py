from odoo import api, fields, models


class AftersalesRepairTermMixin(models.AbstractModel):
    """The days in the workshop, and what a covered repair does to warranties."""

    _name = "aftersales.repair.term.mixin"
    _description = "Repair and the Terms of Warranties"

    aftersales_date_in = fields.Date(
        string="In the Workshop Since",
        compute="_compute_aftersales_date_in",
        store=True,
        readonly=False,
        copy=False,
        help="The day on which the unit came in: of the return, else of the start of "
        "the repair.",
    )
    aftersales_date_done = fields.Date(string="Repaired On", readonly=True, copy=False)
    aftersales_change_ids = fields.One2many(
        "aftersales.warranty.change", "repair_id", string="Changes of Warranties"
    )
    aftersales_change_summary = fields.Char(
        string="Warranty after the Repair",
        compute="_compute_aftersales_change_summary",
    )

    @api.depends("picking_id.date_done")
    def _compute_aftersales_date_in(self):
        for repair in self:
            # sudo: the day of the return, no more.
            moment = repair.sudo().picking_id.date_done
            company = repair.company_id or self.env.company
            if moment:
                repair.aftersales_date_in = company._aftersales_day(moment)
            elif not repair.aftersales_date_in:
                repair.aftersales_date_in = False

    @api.depends("aftersales_change_ids.active", "state")
    @api.depends_context("lang")
    def _compute_aftersales_change_summary(self):
        for repair in self:
            # sudo: who may see the repair may see what it did.
            changes = repair.sudo().aftersales_change_ids
            texts = [
                f"{change.warranty_id.version_id.name} – {change.display_name}"
                for change in changes
            ]
            if repair.state == "done" and repair.sudo()._aftersales_is_one_of_many():
                texts.append(
                    self.env._("Unchanged: only some of the units were repaired.")
                )
            repair.aftersales_change_summary = "; ".join(texts) or False

    def action_aftersales_assess(self):
        """Assess again, and price all lines by the answer."""
        self.check_access("write")
        self._aftersales_assess()
        self._aftersales_price_lines(reset=True)

    def action_aftersales_goodwill(self):
        """Open the dialog that grants more than the warranties pay."""
        self.check_access("read")
        return self.aftersales_assessment_id.action_goodwill()

    def action_aftersales_add_reading(self):
        """Open the dialog for what the counter of the unit shows."""
        return self.aftersales_asset_id.action_add_reading()

    def action_aftersales_view_asset(self):
        """Open the unit that is repaired."""
        return self.aftersales_asset_id._action_open(self.aftersales_asset_id)

    def _aftersales_follow_state(self):
        """Follow the repair: its days, and what it does to the warranties."""
        for repair in self:
            today = repair.company_id._aftersales_today()
            if repair.state in ("under_repair", "done"):
                repair.aftersales_date_in = repair.aftersales_date_in or today
            done = repair.state == "done"
            repair.aftersales_date_done = (
                (repair.aftersales_date_done or today) if done else False
            )
        self._aftersales_sync_changes()

    def _aftersales_sync_changes(self):
        """Make the changes of warranties that these repairs call for, and no other.

        Safe to repeat. What a repair did is taken back when it turns out that it was
        not done, or not covered.
        """
        # sudo: a warranty follows from the repair, not from rights on warranties.
        for repair in self.sudo():
            wanted = repair._aftersales_get_changes()
            present = repair.aftersales_change_ids
            # A unit that was replaced since took what the repair did to the next one.
            keys = {c: (repair._aftersales_get_source(c), c.kind) for c in present}
            kept = present.filtered(
                lambda c, w=wanted, k=keys: w.get(k[c]) == (c.count, c.unit)
            )
            (present - kept)._undo()
            known = {keys[change] for change in kept}
            for (warranty, kind), (count, unit) in wanted.items():
                if (warranty, kind) not in known:
                    repair._aftersales_add_change(warranty, kind, count, unit)
            repair.invalidate_recordset(["aftersales_change_ids"])

    def _aftersales_get_source(self, change):
        """Return the warranty of the repaired unit that a change was made to first."""
        self.ensure_one()
        lineage = change.warranty_id._get_lineage()
        of_unit = lineage.filtered(lambda w: w.asset_id == self.aftersales_asset_id)
        return of_unit[:1] or change.warranty_id

    def _aftersales_add_change(self, warranty, kind, count, unit):
        self.ensure_one()
        warranty._add_change(
            kind,
            count,
            unit,
            self.env._("Repair %s", self.name),
            # A term that ran on the day of the report is prolonged, even if the
            # workshop took longer than what was left of it.
            day=self.aftersales_date_reported,
            repair_id=self.id,
        )

    def _aftersales_get_changes(self):
        """Return what the repair does to the warranties of its unit.

        :return: ``{(warranty, kind): (count, unit)}``
        """
        self.ensure_one()
        assessment = self.aftersales_assessment_id
        if self.state != "done" or not self._aftersales_is_under_warranty():
            return {}
        if self._aftersales_is_one_of_many():
            # The term of the others stays as it is.
            return {}
        wanted = {}
        for warranty in assessment._get_applied_warranties():
            options = warranty.version_id
            count = options._get_option("repair_prolongation")
            if count and not self._aftersales_was_prolonged(warranty):
                unit = options._get_option("repair_prolongation_unit")
                wanted[warranty, "prolongation"] = (count, unit)
            days = self._aftersales_get_workshop_days()
            if days > 0 and options._get_option("repair_suspends"):
                wanted[warranty, "suspension"] = (days, "day")
        return wanted

    def _aftersales_is_one_of_many(self):
        """Tell whether more of the same delivery was left at the customer."""
        self.ensure_one()
        asset, assessment = self.aftersales_asset_id, self.aftersales_assessment_id
        if not assessment:
            return False
        return asset.uom_id.compare(assessment.quantity, asset.quantity) < 0

    def _aftersales_is_under_warranty(self):
        self.ensure_one()
        return self.under_warranty and self._aftersales_is_covered()

    def _aftersales_was_prolonged(self, warranty):
        """Tell whether another repair has prolonged the warranty before."""
        self.ensure_one()
        return any(
            change.kind == "prolongation" and change.repair_id != self
            for change in warranty.change_ids
        )

    def _aftersales_get_workshop_days(self):
        """Return how many days the unit was in the workshop."""
        self.ensure_one()
        if not self.aftersales_date_in or not self.aftersales_date_done:
            return 0
        return (self.aftersales_date_done - self.aftersales_date_in).days
