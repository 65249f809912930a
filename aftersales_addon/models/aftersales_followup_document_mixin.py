from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesFollowupDocumentMixin(models.AbstractModel):
    """What a follow-up is about and what it made: their names, and the way to them."""

    _name = "aftersales.followup.document.mixin"
    _description = "Documents of a Follow-up"

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for followup in self:
            followup.document_name = self._name_of(followup.res_model, followup.res_id)

    @api.depends("made_model", "made_id")
    def _compute_made_name(self):
        for followup in self:
            followup.made_name = self._name_of(followup.made_model, followup.made_id)

    @api.model
    def _name_of(self, model, record_id):
        """Return the name of a document that the reader may see, else an empty text."""
        if not model or not record_id or model not in self.env:
            return ""
        record = self.env[model].browse(record_id).exists()
        if not record or not record.has_access("read"):
            return ""
        return record.display_name

    def action_open_document(self):
        """Open what the follow-up is about."""
        self.ensure_one()
        return self._open(self.res_model, self.res_id)

    def action_open_made(self):
        """Open what the follow-up made."""
        self.ensure_one()
        return self._open(self.made_model, self.made_id)

    def _open(self, model, record_id):
        record = self.env[model].browse(record_id).exists() if model else False
        if not record:
            raise UserError(self.env._("It does not exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "views": [(False, "form")],
        }

    @api.model
    def _count_about(self, records):
        """Return how many follow-ups are about each record, ``{id: count}``."""
        rows = self._read_group(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)],
            ["res_id"],
            ["__count"],
        )
        return dict(rows)

    @api.model
    def _open_about(self, records):
        """Return the action that shows the follow-ups about these records.

        :raises AccessError: for who may see no follow-ups
        """
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_followup_action"
        )
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return {**action, "domain": domain, "context": {}}

    @api.autovacuum
    def _gc_skipped(self):
        """Forget skipped follow-ups of records that are gone, after two years."""
        before = fields.Datetime.subtract(fields.Datetime.now(), years=2)
        self.search(
            [("state", "=", "skipped"), ("date_planned", "<", before)], limit=10000
        ).filtered(lambda f: not f._get_record()).unlink()
