from odoo import api, fields, models


class AftersalesCasePhoneMixin(models.AbstractModel):
    """A number or a name is enough to take in a case on the phone."""

    _name = "aftersales.case.phone.mixin"
    _description = "Service Case on the Phone"

    name = fields.Char(
        string="Subject",
        tracking=True,
        help="Empty: filled in from the kind and the product.",
    )

    _has_name = models.Constraint(
        "CHECK (name IS NOT NULL)", "A case has a subject: type in a few words."
    )

    @api.model
    def _name_unnamed(self, vals_list):
        """Give nameless new cases a subject until more is known about them."""
        for vals in vals_list:
            if not (vals.get("name") or "").strip():
                vals["name"] = "/"

    def _fill_in_names(self):
        """Name cases after what they are about."""
        for case in self:
            case.name = case._prepare_name()

    def _prepare_name(self):
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        # sudo: who takes in a case sees which product it is about.
        case = self.sudo()
        about = case.asset_id.display_name or case.product_id.display_name
        about = about or case.serial_number or case.partner_id.name or case.partner_name
        return f"{kinds[self.kind]}: {about}" if about else kinds[self.kind]

    def write(self, vals):
        if "name" not in vals or (vals["name"] or "").strip():
            return super().write(vals)
        rest = {name: value for name, value in vals.items() if name != "name"}
        result = super().write(rest) if rest else True
        self._fill_in_names()
        return result
