from odoo import models


class AftersalesRmaTrackMixin(models.AbstractModel):
    """What changes on many returns at once is noted on all of them at once."""

    _name = "aftersales.rma.track.mixin"
    _description = "Log of a Return"

    def _message_track(self, fields_iter, initial_values_dict):
        """Note the changes of many records by one insert, not one for each."""
        data = self.env.cr.precommit.data
        kinds = ("message", "author")
        if len(self) < 2 or any(
            data.get(f"mail.tracking.{kind}.{self._name}") for kind in kinds
        ):
            return super()._message_track(fields_iter, initial_values_dict)
        if not fields_iter:
            return {}
        attributes = ("string", "type", "selection", "currency_field")
        fields = self.fields_get(fields_iter, attributes=attributes)
        records = self.exists()
        if any(r._track_subtype(initial_values_dict[r.id]) for r in records):
            return super()._message_track(fields_iter, initial_values_dict)
        tracking = {
            record.id: record._mail_track(fields, initial_values_dict[record.id])
            for record in records
        }
        changed = records.filtered(lambda r: tracking[r.id][1])
        messages = changed._message_log_batch({})
        # sudo: as the platform does; the change itself was allowed.
        self.env["mail.tracking.value"].sudo().create(
            [
                {**command[2], "mail_message_id": message.id}
                for record, message in zip(changed, messages, strict=True)
                for command in tracking[record.id][1]
            ]
        )
        return tracking
