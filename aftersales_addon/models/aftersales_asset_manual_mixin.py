from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesAssetManualMixin(models.AbstractModel):
    """Units that a person enters, and warranties that a person adds."""

    _name = "aftersales.asset.manual.mixin"
    _description = "Installed Products Entered by Hand"

    give_warranty = fields.Boolean(
        string="Give the Product's Warranty",
        store=False,
        default=True,
        groups="base.group_user",
        help="Start the warranties that hold for this product, on the day of the "
        "delivery.",
    )
    promised_policy_ids = fields.Many2many(
        "aftersales.warranty.policy",
        string="Warranty of the Product",
        compute="_compute_promised_policy_ids",
        groups="base.group_user",
        help="What holds for a unit of this product that is sold today.",
    )

    @api.depends("product_id", "company_id")
    def _compute_promised_policy_ids(self):
        for company, assets in self.grouped("company_id").items():
            promised = assets.product_id._aftersales_resolve_policies(
                company or self.env.company
            )
            for asset in assets:
                asset.promised_policy_ids = promised.get(asset.product_id)

    @api.constrains("product_id", "lot_id")
    def _check_lot_of_product(self):
        for asset in self:
            # sudo: whoever enters a unit may have no rights on lots.
            lot = asset.sudo().lot_id
            if lot and lot.product_id != asset.product_id:
                raise ValidationError(
                    self.env._(
                        "The number %(lot)s belongs to another product: %(product)s.",
                        lot=lot.name,
                        product=lot.product_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        wanted = [
            vals.get("give_warranty", True) and not vals.get("move_id")
            for vals in vals_list
        ]
        assets = super().create(vals_list)
        entered = assets.browse(
            asset.id
            for asset, is_wanted in zip(assets, wanted, strict=True)
            if is_wanted and asset.delivery_date and not asset.warranty_ids
        )
        entered._give_promised_warranties()
        return assets

    def _give_promised_warranties(self):
        """Start the warranties that the products of these units come with."""
        covered = self.filtered("promised_policy_ids")
        if not covered:
            return
        # sudo: entering a unit gives the promised warranty, as a delivery does.
        policies = covered.sudo().promised_policy_ids
        versions = policies._get_current_versions()
        covered.sudo()._create_warranties(
            [
                [versions[policy] for policy in asset.promised_policy_ids]
                for asset in covered.sudo()
            ]
        )

    def action_add_warranty(self):
        """Open the dialog that adds a warranty to these units."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Warranty"),
            "res_model": "aftersales.asset.add.warranty",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_asset_ids": self.ids},
        }

    def _add_warranty(self, policy, day=None):
        """Add a layer of coverage to units.

        :param policy: ``aftersales.warranty.policy``
        :param date day: the day of the event that starts the warranty; each unit's
            day of delivery when not given
        :return: the new ``aftersales.warranty`` records
        """
        self.check_access("write")
        # sudo: warranties are facts that users read; this is the way to make one.
        version = policy.sudo()._get_current_versions()[policy.sudo()]
        days = {asset: day or asset.delivery_date for asset in self}
        for asset, start in days.items():
            asset._check_can_add_warranty(policy, version, start)
        warranties = self.sudo()._create_layer(version, days)
        self._message_log_batch(
            bodies={
                warranty.asset_id.id: self.env._(
                    "Warranty added: %(name)s, until %(day)s.",
                    name=version.name,
                    day=self._format_day(warranty.date_end),
                )
                if warranty.date_end
                else self.env._(
                    "Warranty added: %(name)s, not started yet.", name=version.name
                )
                for warranty in warranties
            }
        )
        return warranties.with_env(self.env)

    def _check_can_add_warranty(self, policy, version, start):
        self.ensure_one()
        if self.state != "in_use":
            raise UserError(
                self.env._(
                    "%s is not in use. Only a unit at a customer can get a warranty.",
                    self.display_name,
                )
            )
        if not start:
            raise UserError(
                self.env._("On which day does the warranty start? Fill in the date.")
            )
        if self.delivery_date and start < self.delivery_date:
            raise UserError(
                self.env._(
                    "%(unit)s was delivered on %(day)s. A warranty cannot start "
                    "before that.",
                    unit=self.display_name,
                    day=self._format_day(self.delivery_date),
                )
            )
        latest = fields.Date.add(self.company_id._aftersales_today(), years=10)
        if start > latest:
            raise UserError(
                self.env._(
                    "%s is more than ten years ahead. Check the start of the warranty.",
                    self._format_day(start),
                )
            )
        if policy.stacking != "beside":
            return
        end = version._get_last_day(start)
        # An extension may start on the last day of what it extends.
        clash = self.warranty_ids.filtered(
            lambda w: (
                w.state == "open"
                and w.kind == policy.kind
                and not w.base_id
                and w.date_start < end
                and start < w.date_end
            )
        )[:1]
        if clash:
            raise UserError(
                self.env._(
                    "%(unit)s has a warranty of the kind “%(kind)s” already, from "
                    "%(start)s until %(end)s. Start the new one when that ends.",
                    unit=self.display_name,
                    kind=policy._get_kind_label(),
                    start=self._format_day(clash.date_start),
                    end=self._format_day(clash.date_end),
                )
            )
