from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesAssetExtensionMixin(models.AbstractModel):
    """Extended warranties of a unit: those sold with it, and those it is offered."""

    _name = "aftersales.asset.extension.mixin"
    _description = "Extended Warranties of an Installed Product"

    renewal_notified_end = fields.Date(
        string="Extension Asked For",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The end of the coverage before which the person responsible was asked "
        "to offer an extension.",
    )

    # --- What was sold with the unit ---

    def _create_warranties(self, layers):
        warranties = super()._create_warranties(layers)
        self._sync_sold_extensions()
        return warranties

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # A unit that comes or goes takes its place among those that are covered.
            self._sync_sold_extensions()
        elif "quantity" in vals:
            # Serial numbers come and go as a whole.
            self.filtered(lambda unit: not unit.is_serial)._sync_sold_extensions()
        return result

    def _sync_sold_extensions(self):
        """Give these units the extended warranties that were sold with them."""
        # sudo: a delivery gives what was sold, whoever delivers.
        units = self.sudo()
        lines = units.sale_line_id.aftersales_extension_line_ids
        # A part of a quantity may have them by hand, and pass some on when replaced.
        parts = units.filtered(lambda unit: not unit.is_serial)
        lines |= parts.warranty_ids.sale_line_id
        lines._aftersales_sync_extensions()

    def _get_event_days(self, event):
        if event != "invoice":
            return super()._get_event_days(event)
        # sudo: the warehouse delivers without rights on invoices.
        units = self.sudo()
        days = units.sale_line_id._aftersales_get_invoice_days()
        return {unit: days[unit] for unit in self if unit in days}

    # --- What the unit is offered ---

    def _get_offered_extensions(self):
        """Return the extended warranties that these units are offered now.

        :return: ``{unit: product.product}``, empty for a unit whose coverage is over
        """
        # sudo: customers may not read products and policies.
        units = self.sudo()
        today = units.company_id._aftersales_today_by_company()
        result = {}
        for unit, asset in zip(self, units, strict=True):
            products = self.env["product.product"].sudo()
            end = asset.warranty_end
            if asset.state == "in_use" and asset.partner_id and end:
                if end >= today[asset.company_id]:
                    products = asset._get_extension_products()
            result[unit] = products
        return result

    def _get_extension_products(self):
        """Return the extensions for the unit that are for sale."""
        self.ensure_one()
        layers = self.warranty_ids.filtered(lambda w: w.state != "closed")
        products = layers.policy_id.renewal_product_id
        if not products:
            products = self.product_id._aftersales_get_extensions()
        held = layers.policy_id
        return products.filtered(
            lambda p: (
                p.active
                and p.sale_ok
                and p.company_id in (p.company_id.browse(), *self.company_id.parent_ids)
                and p.aftersales_extension_policy_id._is_in_effect()
                and p.aftersales_extension_policy_id not in held
            )
        )

    def action_offer_extension(self):
        """Make quotations with the extended warranties that the units are offered.

        What is on a quotation already is not offered twice: that one is opened.
        """
        offers = self._get_offered_extensions()
        offered = self.filtered(lambda unit: offers[unit])
        if not offered:
            raise UserError(
                self.env._(
                    "There is nothing to offer for these products. Their coverage is "
                    "over, they have no customer, or no extended warranty is named: "
                    "under “Offered Extensions” on the product, or on the policy."
                )
            )
        offered.check_access("read")
        lines = offered._get_quoted_extension_lines()
        orders = lines.order_id
        new = offered - lines.aftersales_covered_asset_ids
        groups = new.grouped(lambda a: (a.company_id, a.partner_id))
        for (company, partner), units in groups.items():
            order = self.env["sale.order"].with_company(company)
            orders |= order.create(
                units._prepare_extension_quotation_vals(company, partner, offers)
            )
        return orders._aftersales_get_action()

    def _get_quoted_extension_lines(self):
        """Return the lines of open quotations that would cover these units."""
        return self.env["sale.order.line"].search(
            [
                ("aftersales_covered_asset_ids", "in", self.ids),
                ("state", "in", ("draft", "sent")),
            ]
        )

    def _prepare_extension_quotation_vals(self, company, partner, offers):
        """Return the values of a quotation for units of one customer.

        The only extension that is offered is on it; of several the customer chooses.

        :param company: the ``res.company`` that sells
        :param partner: the ``res.partner`` who has the units
        :param dict offers: ``{unit: product.product}``
        """
        by_product = {}
        for unit in self:
            for product in offers[unit]:
                by_product.setdefault(product, []).append(unit.id)
        lines = []
        optional = any(len(offers[unit]) > 1 for unit in self)
        if optional:
            # The customer reads it, whoever offers.
            orders = self.env["sale.order"].with_context(
                lang=partner.lang or self.env.lang
            )
            lines.append(Command.create(orders._aftersales_prepare_section()))
        for product, ids in by_product.items():
            units = self.browse(ids)
            lines.append(
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": (
                            0.0 if optional else sum(units.mapped("quantity"))
                        ),
                        "aftersales_covered_asset_ids": [Command.set(ids)],
                    }
                )
            )
        return {
            "company_id": company.id,
            "partner_id": partner.id,
            "order_line": lines,
        }

    def _ask_for_extension(self, warranty):
        """Ask the person responsible to offer an extension before a warranty ends."""
        self.ensure_one()
        user = warranty._get_renewal_user()
        unit = self.with_context(
            lang=user.lang or self.env.lang,
            # One mail a night for each unit would be too many: the list of
            # activities tells.
            mail_activity_quick_update=True,
        )
        names = unit._get_extension_products().mapped("display_name")
        unit.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._aftersales_today(),
            user_id=user.id,
            summary=unit.env._(
                "Offer an extension: coverage ends on %s",
                unit._format_day(warranty.date_end),
            ),
            note=unit.env._("Offered: %s", ", ".join(names)) if names else False,
        )

    # --- The customer's own page ---

    def _get_portal_offers(self):
        """Return what the customer can add to the unit, with prices.

        :return: a list of ``{"product", "term", "price", "currency", "taxed"}``; the
            price is for all that the unit stands for, with taxes
        """
        self.ensure_one()
        unit = self.sudo()  # sudo: customers may not read products and price lists.
        products = unit._get_offered_extensions()[unit]
        if not products:
            return []
        order = unit.env["sale.order"].new(unit._prepare_portal_order_vals(products))
        return [
            {
                "product": line.product_id,
                "term": line.product_id.aftersales_extension_policy_id.duration_label,
                "price": line.price_total,
                "taxed": bool(line.price_tax),
                "currency": order.currency_id,
            }
            for line in order.order_line
        ]

    def _prepare_portal_order_vals(self, products):
        """Return the values of the quotation that a customer asks for."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": self.quantity,
                        "aftersales_covered_asset_ids": [Command.set(self.ids)],
                    }
                )
                for product in products
            ],
        }

    def _get_portal_quotation(self, product):
        """Return the quotation over one extension of the unit, made when there is none.

        :param product: one of those that the unit is offered
        :return: a ``sale.order`` that the customer can sign, or an empty one when the
            unit is not offered the product any more
        """
        self.ensure_one()
        # sudo: the customer asks for a quotation, and can do no more with it than
        # with any that was sent.
        unit = self.sudo()
        Order = unit.env["sale.order"]
        if product not in unit._get_offered_extensions()[unit]:
            return Order
        # Of two requests at once the second one has to see what the first one made:
        # the database stops it here, and the platform tries it again.
        unit.env.cr.execute(
            "UPDATE aftersales_asset SET access_token = access_token WHERE id = %s",
            (unit.id,),
        )
        orders = unit._get_quoted_extension_lines().order_id
        order = orders.filtered(lambda o: o._aftersales_is_portal_offer(unit, product))
        if not order:
            order = Order.with_company(unit.company_id).create(
                unit._prepare_portal_order_vals(product)
            )
            order.action_quotation_sent()
        return order[:1]
