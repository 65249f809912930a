from odoo import api, models


class AftersalesRmaTeamMixin(models.AbstractModel):
    """Which team handles a return, and who of it."""

    _name = "aftersales.rma.team.mixin"
    _description = "Team of a Return"
    _inherit = ["aftersales.assignment.mixin"]

    @api.model
    def _get_team_domain(self):
        return [("handles_returns", "=", True)]

    @api.model
    def _get_open_documents_domain(self):
        return [("state", "in", ("requested", "approved"))]

    def _get_assignment_facts(self):
        facts = super()._get_assignment_facts()
        lines, partner = self.line_ids, self.partner_id
        lang = self.env["res.lang"]._get_data(code=partner.lang)
        paths = [c.parent_path or "" for c in lines.product_id.categ_id]
        facts["categories"] = {
            int(part) for path in paths for part in path.split("/") if part
        }
        facts["reasons"] = set(lines.reason_id.ids)
        country = partner.country_id or self.commercial_partner_id.country_id
        facts["countries"] = set(country.ids)
        facts["languages"] = {lang.id} if lang else set()
        facts["warehouses"] = set(self.warehouse_id.ids)
        facts["amount"] = sum(lines.mapped("value"))
        return facts

    def _assign(self):
        """Give requests to a team, and by its way to one of its members."""
        user = self.env.user
        if not self.env.su and not user.has_group(
            "aftersales_addon.aftersales_group_user_all"
        ):
            # Who sees their own only keeps what they have taken in themselves.
            self.filtered(lambda r: not r.user_id).user_id = user
        self._assign_team()
        self._assign_user()
