from odoo import fields, models


class AftersalesOwnership(models.Model):
    """Somebody who had an installed product before its present owner."""

    _name = "aftersales.ownership"
    _description = "Earlier Owner"
    _order = "date_to desc, id desc"
    _rec_name = "partner_id"

    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="asset_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", string="Owner", required=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="Until", required=True)
    reason = fields.Selection(
        [
            ("transfer", "Passed on"),
            ("registration", "Registered by the new owner"),
            ("correction", "Customer changed by hand"),
        ],
        required=True,
        default="correction",
    )
    transfer_id = fields.Many2one(
        "aftersales.transfer", index="btree_not_null", ondelete="set null"
    )
    # What was said with this owner, so that it can be shown again when the change
    # of hands is undone.
    hidden_message_ids = fields.Json(readonly=True)

    def _hide_talk(self):
        """Keep what was said with an earlier owner from the next one.

        Messages become visible to employees only; files, which the portal shows to
        whoever may read the unit, hang on the earlier owner from now on.
        """
        Message = self.env["mail.message"]
        Attachment = self.env["ir.attachment"]
        assets = self.asset_id
        on_assets = [("res_id", "in", assets.ids)]
        messages = Message.search(
            [("model", "=", assets._name), ("is_internal", "=", False), *on_assets]
        )
        messages.is_internal = True
        by_asset = messages.grouped("res_id")
        files = Attachment.search(
            [("res_model", "=", assets._name), ("res_field", "=", False), *on_assets]
        ).grouped("res_id")
        for ownership in self:
            asset_id = ownership.asset_id.id
            ownership.hidden_message_ids = by_asset.get(asset_id, Message).ids
            files.get(asset_id, Attachment).write(
                {"res_model": self._name, "res_id": ownership.id}
            )

    def _show_talk(self):
        """Undo ``_hide_talk``."""
        ids = [number for row in self for number in row.hidden_message_ids or []]
        self.env["mail.message"].browse(ids).exists().is_internal = False
        for ownership in self:
            ownership._move_files(ownership.asset_id)

    def _move_files(self, target):
        """Let the files that hang on earlier owners hang on another record."""
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).write({"res_model": target._name, "res_id": target.id})
