from odoo import models

# The actions that say or offer the same for several products at once.
BUNDLED = ("mail", "offer")
# More than this on one letter nobody reads; the rest gets the next one.
TOGETHER = 50


class AftersalesFollowupTogetherMixin(models.AbstractModel):
    """Several products of a customer that end on one day: one letter, one quotation."""

    _name = "aftersales.followup.together.mixin"
    _description = "Follow-ups That Are Done Together"

    def _is_bundled(self, record):
        """Tell whether a letter or an offer can be about several records."""
        self.ensure_one()
        rule = self.rule_id
        return (
            record._name == "aftersales.asset"
            and rule._get_source().moving
            and rule.action in BUNDLED
            and (rule.action == "offer" or self._is_message())
        )

    def _get_companions(self, record, now):
        """Return the follow-ups that one letter or quotation does with this one.

        They are due by the same rule for other products of the customer that end on
        the same day, and nothing is said against them.

        :param datetime now: naive UTC
        """
        self.ensure_one()
        if not self._is_bundled(record):
            return self.browse()
        found = self.search(
            [
                ("rule_id", "=", self.rule_id.id),
                ("state", "=", "planned"),
                ("occurrence", "=", self.occurrence),
                ("company_id", "=", self.company_id.id),
                *self._get_companion_domain(record),
                ("date_planned", "<=", now),
                ("id", "!=", self.id),
            ],
            order="date_planned, id",
            limit=TOGETHER,
        )
        # What another worker holds is left to that worker.
        found = found.try_lock_for_update(allow_referencing=True)
        if not found:
            return found
        units = record.browse(found.mapped("res_id")).exists()
        # A unit may have changed hands since its follow-up was planned.
        recipient = self._get_recipient(record)
        units = units.filtered(lambda u: self._get_recipient(u) == recipient)
        offered = self._filter_offered(record, units)
        return found.filtered(
            lambda f: f.res_id in offered._ids and f._fits_with(record.browse(f.res_id))
        )

    def _get_companion_domain(self, record):
        """Return whose products belong together: one quotation has one customer."""
        partner = self.rule_id._get_partner(record)
        if self.rule_id.audience == "customer" and self._is_message():
            if self.rule_id.action != "offer":
                customer = partner.commercial_partner_id
                return [("partner_id.commercial_partner_id", "=", customer.id)]
        return [("partner_id", "=", partner.id)]

    def _filter_offered(self, record, units):
        """Keep, where something is offered, what can go on the same quotation."""
        if self.rule_id.action != "offer":
            return units
        units = units.filtered(lambda u: u.partner_id == record.partner_id)
        offers = units._get_offered_extensions()
        quoted = units._get_quoted_extension_lines().aftersales_covered_asset_ids
        return units.filtered(lambda u: offers[u]) - quoted

    def _fits_with(self, record):
        return not (self._is_event_undone(record) or self._get_skip_reason(record))
