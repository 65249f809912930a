from odoo import models


class AftersalesWarrantyAssessmentMixin(models.AbstractModel):
    """What one layer of coverage says to a defect."""

    _name = "aftersales.warranty.assessment.mixin"
    _description = "Assessment of One Warranty"

    def _assess_layer(self, day, usage=None, readings=None):
        """Tell whether the layer applies to a defect, and why.

        :param date day: the day on which the defect was reported
        :param float usage: the reading on that day, if the claim names one
        :param dict readings: the readings that are known, by unit of usage
        :return: one element of ``layers`` in the answer of ``_assess``
        """
        self.ensure_one()
        limited = bool(self.usage_limit)
        if limited and usage is None:
            usage = (readings or {}).get(self.usage_unit)
        in_time = self.state == "open" and self.date_start <= day <= self.date_end
        used_up = limited and usage is not None and self._is_used_up(usage)
        question = in_time and limited and usage is None
        return {
            "warranty_id": self.id,
            "kind": self.kind,
            "name": self.version_id.name,
            "applies": in_time and not used_up and not question,
            "in_time": in_time,
            "limited": limited,
            "question": question,
            "closed": self.state == "closed",
            "quantity": self.quantity_limit or None,
            "date_start": self.date_start,
            "date_end": self.date_end,
            "reason": self._explain_layer(day, in_time, usage),
        }

    def _explain_layer(self, day, in_time, usage):
        """Say in words for the customer whether the layer applies."""
        name = self.version_id.name
        if self.state == "closed":
            reasons = dict(
                self._fields["close_reason"]._description_selection(self.env)
            )
            return self.env._(
                "%(name)s is closed: %(reason)s.",
                name=name,
                reason=reasons.get(self.close_reason) or self.env._("ended early"),
            )
        if self.state == "waiting":
            return self._explain_waiting()
        format_day = self.env["aftersales.asset"]._format_day
        if day < self.date_start:
            return self.env._(
                "%(name)s starts on %(day)s.",
                name=name,
                day=format_day(self.date_start),
            )
        if not in_time:
            return self.env._(
                "%(name)s ended on %(day)s.", name=name, day=format_day(self.date_end)
            )
        if self.usage_limit:
            return self._explain_usage(usage)
        if self.quantity_limit:
            return self.env._(
                "%(name)s is in force until %(day)s, %(limit)s.",
                name=name,
                day=format_day(self.date_end),
                limit=self._get_limit_label(),
            )
        return self.env._(
            "%(name)s is in force until %(day)s.",
            name=name,
            day=format_day(self.date_end),
        )

    def _explain_waiting(self):
        name = self.version_id.name
        texts = {
            "invoice": self.env._("%s starts with the first invoice.", name),
            "order": self.env._("%s starts when the order is confirmed.", name),
            "registration": self.env._(
                "%s starts when the product is registered.", name
            ),
            "installation": self.env._(
                "%s starts when the product is installed.", name
            ),
        }
        later = self.env._("%s starts when what covers the product ends.", name)
        return texts.get(self.version_id.start_event, later)

    def _explain_usage(self, usage):
        units = dict(self._fields["usage_unit"]._description_selection(self.env))
        values = {
            "name": self.version_id.name,
            "limit": self._format_usage(self.usage_limit),
            "unit": units[self.usage_unit],
        }
        if usage is None:
            return self.env._(
                "%(name)s is limited to %(limit)s %(unit)s: tell us the present "
                "reading of the counter.",
                **values,
            )
        values["used"] = self._format_usage(usage - self.usage_start)
        if self._is_used_up(usage):
            return self.env._(
                "%(name)s is limited to %(limit)s %(unit)s; the product has run "
                "%(used)s.",
                **values,
            )
        return self.env._(
            "%(name)s is in force: %(used)s of %(limit)s %(unit)s are used.", **values
        )

    def _format_usage(self, value):
        """Return a reading without a fraction that says nothing."""
        return f"{value:,.1f}".removesuffix(".0")
