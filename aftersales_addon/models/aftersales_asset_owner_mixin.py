from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesAssetOwnerMixin(models.AbstractModel):
    """Whose an installed product is, and whose it was."""

    _name = "aftersales.asset.owner.mixin"
    _description = "Owners of an Installed Product"

    ownership_ids = fields.One2many(
        "aftersales.ownership",
        "asset_id",
        string="Earlier Owners",
        readonly=True,
        groups="base.group_user",
    )
    transfer_ids = fields.Many2many(
        "aftersales.transfer",
        "aftersales_transfer_asset_rel",
        "asset_id",
        "transfer_id",
        string="Changes of Hands",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    transfer_count = fields.Integer(
        string="Number of Changes of Hands",
        compute="_compute_transfer_count",
        groups="base.group_user",
    )
    earlier_asset_ids = fields.Many2many(
        "aftersales.asset",
        string="Earlier Sales of the Same Unit",
        compute="_compute_earlier_asset_ids",
        groups="base.group_user",
    )

    def _compute_transfer_count(self):
        counts = dict(
            self.env["aftersales.transfer"]._read_group(
                [("asset_ids", "in", self.ids)], ["asset_ids"], ["__count"]
            )
        )
        for asset in self:
            asset.transfer_count = counts.get(asset, 0)

    def _compute_earlier_asset_ids(self):
        """Find the lives of the same serial number that are over.

        A unit that is sold again gets a new installed product; both tell of each
        other.
        """
        serials = self.filtered("is_serial")
        others = self.search([("lot_id", "in", serials.lot_id.ids)]).filtered(
            lambda a: a.state != "in_use"
        )
        by_lot = others.grouped(lambda a: (a.company_id, a.lot_id))
        for asset in self:
            same = by_lot.get((asset.company_id, asset.lot_id), self.browse())
            asset.earlier_asset_ids = asset.is_serial and same - asset

    def write(self, vals):
        if "partner_id" not in vals:
            return super().write(vals)
        former = {
            asset: (asset.partner_id, asset.sudo()._owned_since()) for asset in self
        }
        result = super().write(vals)
        changed = self.filtered(
            lambda a: (
                former[a][0].commercial_partner_id
                and former[a][0].commercial_partner_id != a.commercial_partner_id
            )
        )
        if changed:
            # sudo: whoever may change the owner leaves the trace of it.
            changed.sudo()._record_owners(former)
        return result

    def _owned_since(self):
        """Return the day from which on the present owner has the unit."""
        self.ensure_one()
        days = self.ownership_ids.mapped("date_to")
        return max(days, default=self.delivery_date)

    def _record_owners(self, former):
        """Remember earlier owners, and keep what was said with them from the next.

        :param dict former: ``{unit: (earlier owner, owner since)}``
        """
        today = self.company_id._aftersales_today_by_company()
        ownerships = self.env["aftersales.ownership"].create(
            [
                {
                    "asset_id": asset.id,
                    "partner_id": former[asset][0].id,
                    "date_from": former[asset][1],
                    "date_to": today[asset.company_id],
                }
                for asset in self
            ]
        )
        ownerships._hide_talk()
        for asset in self:
            asset._remove_followers_of(former[asset][0].commercial_partner_id)
        self._message_log_batch(
            bodies={
                asset.id: self.env._(
                    "Changed hands: from %(former)s to %(owner)s.",
                    former=former[asset][0].display_name,
                    owner=asset.partner_id.display_name or self.env._("nobody"),
                )
                for asset in self
            }
        )

    def _remove_followers_of(self, owner):
        """Unsubscribe the contacts of a former owner."""
        self.ensure_one()
        partners = self.message_partner_ids.filtered(
            lambda p: p.commercial_partner_id == owner and p.partner_share
        )
        if partners:
            self.message_unsubscribe(partners.ids)

    def _change_owner(self, partner, day, reason, transfer=None):
        """Give units to another owner; their warranties are not touched.

        :param partner: the new owner
        :param date day: the day of the change
        :param str reason: as on ``aftersales.ownership``
        :param transfer: the ``aftersales.transfer`` that this follows from
        """
        # sudo: what is left behind by the write is completed here.
        before = self.sudo().ownership_ids
        self.write({"partner_id": partner.id, "partner_shipping_id": partner.id})
        left = self.sudo().ownership_ids - before
        left.write(
            {
                "date_to": day,
                "reason": reason,
                "transfer_id": transfer.id if transfer else False,
            }
        )

    def _give_back(self, ownerships):
        """Undo a change of hands.

        :param ownerships: the ``aftersales.ownership`` that it left
        """
        for ownership in ownerships:
            asset, partner = ownership.asset_id, ownership.partner_id
            before = asset.ownership_ids
            asset.write({"partner_id": partner.id, "partner_shipping_id": partner.id})
            # What was said with the owner of a mistake is not for the former one: it
            # stays hidden, and the files stay with the change of hands.
            mistake = asset.ownership_ids - before
            mistake._move_files(ownership.transfer_id)
            ownership._show_talk()
            (mistake | ownership).unlink()

    def _message_post_after_hook(self, message, msg_values):
        # An earlier owner who answers an old e-mail is read by employees only.
        author = message.author_id
        if author.partner_share and self._is_earlier_owner(author):
            # sudo: the author may not change what is shown to others.
            message.sudo().is_internal = True
        return super()._message_post_after_hook(message, msg_values)

    def _is_earlier_owner(self, partner):
        self.ensure_one()
        company = partner.commercial_partner_id
        if company == self.commercial_partner_id:
            return False
        # sudo: customers may not read who had the unit.
        earlier = self.sudo().ownership_ids.partner_id.commercial_partner_id
        return company in earlier

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if message.is_internal:
            # What employees alone may read is not mailed to a customer either.
            return [data for data in recipients if not data["share"]]
        return recipients

    def _get_own_order(self):
        """Return the order of the unit if its present owner placed it.

        What an earlier owner bought, and under which number, is not for the next.
        """
        self.ensure_one()
        order = self.sale_order_id
        buyer = order.partner_id.commercial_partner_id
        return order if buyer == self.commercial_partner_id else order.browse()

    def action_view_transfers(self):
        """Open the changes of hands of these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_transfer_action"
        )
        return {
            **action,
            "domain": [("asset_ids", "in", self.ids)],
            "context": {"create": False},
        }

    def action_pass_on(self):
        """Open the dialog that gives these units to another owner."""
        self._check_can_pass_on()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pass On"),
            "res_model": "aftersales.asset.pass.on",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_asset_ids": self.ids},
        }

    def _check_can_pass_on(self):
        """Raise when these units cannot go to another owner in one go."""
        gone = self.filtered(lambda a: a.state != "in_use")[:1]
        if gone:
            raise UserError(
                self.env._(
                    "%(unit)s is not with a customer any more (%(state)s). Only a "
                    "unit in use can be passed on.",
                    unit=gone.display_name,
                    state=gone._get_state_label(),
                )
            )
        if len(self.company_id) > 1 or len(self.commercial_partner_id) > 1:
            raise UserError(
                self.env._(
                    "These units belong to several customers. Choose units of one "
                    "customer."
                )
            )
        if not self.commercial_partner_id:
            raise UserError(
                self.env._(
                    "Nobody has this unit yet. Fill in its customer instead of "
                    "passing it on."
                )
            )

    def _check_new_owner(self, partner):
        """Raise when a partner has these units already."""
        owner = self.commercial_partner_id[:1]
        if partner.commercial_partner_id == owner:
            raise UserError(
                self.env._(
                    "%(partner)s has this unit already: it belongs to %(owner)s. To "
                    "move it within the same company, change “Installed At” instead.",
                    partner=partner.display_name,
                    owner=owner.display_name,
                )
            )

    def _get_layers_at_stake(self):
        """Tell what becomes of the warranties when these units change hands.

        :return: a list of ``(aftersales.warranty, whether it stays)``, without those
            that are closed
        """
        # sudo: who may see the unit may know what becomes of its warranties.
        layers = self.sudo().warranty_ids.filtered(lambda w: w.state != "closed")
        return [(layer, not layer._is_lost_on_transfer()) for layer in layers]

    def _get_transfer_fees(self):
        """Return what it costs to pass these units on with their warranties.

        A warranty that ends anyway costs nothing; one service that several
        warranties of a unit ask for is charged once.

        :return: ``{product.product: number of units}``
        """
        # sudo: as in _get_layers_at_stake.
        Product = self.env["product.product"].sudo()
        services = {}
        for layer, stays in self._get_layers_at_stake():
            number = stays and layer.version_id._get_option("transfer_product_id")
            if number:
                services.setdefault(number, set()).add(layer.asset_id)
        found = Product.browse(services).exists()
        return {product: len(services[product.id]) for product in found}
