from odoo import api, fields, models


class AftersalesSettings(models.TransientModel):
    """The settings of the application, for managers who may not set up the system."""

    _name = "aftersales.settings"
    _inherit = "aftersales.settings.mixin"
    _description = "After-Sales Settings"

    company_id = fields.Many2one(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        own = [
            {**vals, "company_id": self.env.company.id}
            for vals in map(self._filter_settings, vals_list)
        ]
        # sudo: a manager may write these fields of the company they work in, and no
        # others; the company itself is not theirs to write.
        return super(AftersalesSettings, self.sudo()).create(own).with_env(self.env)

    def write(self, vals):
        self.check_access("write")
        # sudo: as in create; the company of the dialog stays what it was.
        return super(AftersalesSettings, self.sudo()).write(self._filter_settings(vals))

    @api.model
    def _filter_settings(self, vals):
        """Keep the settings that the user may change."""
        allowed = {n: value for n, value in vals.items() if n.startswith("aftersales_")}
        if self.env.user.has_group("account.group_account_manager"):
            return allowed
        return {
            name: value
            for name, value in allowed.items()
            if not name.startswith("aftersales_provision_")
        }

    @api.model
    def action_open(self):
        """Open the settings in the form that the user's rights allow."""
        xml_id = "aftersales_addon.aftersales_settings_action"
        if not self.env.user.has_group("base.group_system"):
            xml_id = "aftersales_addon.aftersales_settings_action_manager"
        return self.env["ir.actions.actions"]._for_xml_id(xml_id)
