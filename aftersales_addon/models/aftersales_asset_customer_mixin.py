import re
import uuid

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import hash_sign, verify_hash_signed
from odoo.tools.image import image_data_uri

from ..tools.qr import qr_png

PORTAL_LIST_URL = "/my/installed-products"
REPORT = "aftersales_addon.aftersales_asset_report_certificate"
TEMPLATE = "aftersales_addon.mail_template_data_certificate"

# The law's own layer is read first, then what the manufacturer and the seller add.
KIND_ORDER = {"statutory": 0, "manufacturer": 1, "extended": 2, "contract": 3}


class AftersalesAssetCustomerMixin(models.AbstractModel):
    """What the customer gets of an installed product: certificate, mail, page."""

    _name = "aftersales.asset.customer.mixin"
    _inherit = [
        "mail.thread",
        "aftersales.link.mixin",
        "aftersales.customer.page.mixin",
    ]
    _description = "Installed Product of a Customer"
    # Customers write on the page of their unit, which they may only read.
    _mail_post_access = "read"

    date_links_withdrawn = fields.Datetime(
        readonly=True, copy=False, groups="base.group_system"
    )

    def _compute_access_url(self):
        for asset in self:
            asset.access_url = f"{PORTAL_LIST_URL}/{asset.id}"

    @api.model
    def _get_portal_domain(self, partner):
        """Return the domain of what a customer finds on the portal.

        :param partner: ``res.partner`` who looks
        """
        return partner._aftersales_get_portal_domain()

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Warranty %s", self.serial_number or self.display_name)

    def action_send_certificate(self):
        """Open the e-mail with the certificate, for one customer or for many."""
        self.check_access("read")
        template = self._get_certificate_template()
        return {
            "name": self.env._("Send Certificate"),
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "aftersales.asset",
                "default_res_ids": self.ids,
                "default_composition_mode": (
                    "comment" if len(self) == 1 else "mass_mail"
                ),
                "default_template_id": template.id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
            },
        }

    @api.model
    def _get_certificate_template(self):
        """Return the e-mail template of the certificate.

        When the template that comes with the application was deleted, one that
        somebody made for installed products takes its place; those that come with the
        application are about other things.

        :return: ``mail.template``, may be empty
        """
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if template:
            return template
        Template = self.env["mail.template"]
        found = Template.search([("model", "=", "aftersales.asset")], order="id")
        # sudo: only which templates came with the application is looked up.
        known = self.env["ir.model.data"].sudo()
        ours = known.search(
            [("model", "=", Template._name), ("module", "=", "aftersales_addon")]
        )
        return found.filtered(lambda t: t.id not in ours.mapped("res_id"))[:1]

    def _message_post_after_hook(self, message, msg_values):
        # What a customer writes must reach a person.
        if message.author_id.partner_share and message.message_type in (
            "comment",
            "email",
        ):
            # sudo: the customer has no right to read who follows the unit.
            self.sudo()._subscribe_responsible()
        return super()._message_post_after_hook(message, msg_values)

    def _subscribe_responsible(self):
        for asset in self:
            user = (
                asset.user_id
                or asset.partner_id.user_id
                or asset.commercial_partner_id.user_id
            )
            if user:
                asset.message_subscribe(partner_ids=user.partner_id.ids)

    # --- The certificate ---

    def _get_certificate_groups(self):
        """Return the units as they are printed: by company and customer.

        :return: a list of recordsets, in the language of their customer
        """
        self.check_access("read")
        # sudo: who may see the unit may print it, with the name of its order and
        # delivery, which a warehouse or a service user may not see.
        units = self.sudo()
        units._ensure_tokens()
        return [
            group.with_context(lang=group[0]._get_customer_lang())
            for group in units.grouped(lambda a: (a.company_id, a.partner_id)).values()
        ]

    def _get_layers(self):
        """Return the warranties that a customer is shown, the law's own first.

        Once the unit has left the customer, the closed ones are all there is.
        """
        self.ensure_one()
        layers = self.warranty_ids
        if self.state == "in_use":
            layers = layers.filtered(lambda w: w.state == "open")
        return layers.sorted(lambda w: (KIND_ORDER.get(w.kind, 9), w.date_end, w.id))

    def _has_commercial_layer(self):
        return any(layer.kind != "statutory" for layer in self._get_layers())

    def _has_eu_guarantee(self):
        """Tell whether article 17 of Directive (EU) 2019/771 asks for a statement."""
        return any(
            layer.kind != "statutory"
            and layer.version_id._get_law_data().get("law") == "eu_consumer"
            for layer in self._get_layers()
        )

    def _get_terms(self):
        """Return the terms that these units were sold under, each once.

        :return: a list of ``(title, html)``
        """
        goods = {}
        for asset in self:
            for version in asset._get_layers().version_id:
                # A dict keeps each name once, in order.
                goods.setdefault(version, {})[asset.product_id.display_name] = True
        return [
            (
                version.name,
                self._demote_headings(
                    version._render_customer_terms(
                        self.company_id[:1], list(names), named=False
                    )
                ),
            )
            for version, names in goods.items()
            if version._has_customer_terms()
        ]

    @api.model
    def _demote_headings(self, html):
        # The headings of a PDF tell where the next unit's certificate begins; those
        # inside the terms must not be taken for one.
        return Markup(re.sub(r"(</?)h[1-4]\b", r"\1h5", str(html)))

    def _format_quantity(self):
        """Return the quantity with its unit, in the user's language."""
        self.ensure_one()
        quantity = self.quantity if self.state == "in_use" else self.quantity_delivered
        return f"{self.uom_id._aftersales_format(quantity)} {self.uom_id.name}"

    def _get_certificate_qr(self):
        """Return the unit's address as an image that can stand in a page."""
        # Drawn here, so that the PDF needs no request back to the server.
        return image_data_uri(qr_png(self._get_customer_url()))

    def _ensure_tokens(self):
        """Give all units the key to their page, in one go."""
        missing = self.sudo().filtered(lambda a: not a.access_token)
        for asset in missing.with_context(tracking_disable=True):
            asset.access_token = str(uuid.uuid4())

    def _render_certificates(self):
        """Return one PDF with the certificates of these units."""
        report = self.env["ir.actions.report"].with_company(self.company_id)
        return report._render_qweb_pdf(REPORT, self.ids)[0]

    # --- The units of one delivery ---

    @api.model
    def _sign_delivery(self, picking):
        """Return the key that opens the page with the units of one delivery.

        It knows when it was made: links that were withdrawn later open nothing more.
        """
        made = int(fields.Datetime.now().timestamp())
        # sudo: reads the secret of the database.
        return hash_sign(self.sudo().env, "aftersales_delivery", [picking.id, made])

    def action_aftersales_withdraw_links(self):
        """Make the links useless that were sent so far, those of deliveries, too."""
        result = super().action_aftersales_withdraw_links()
        # sudo: nobody writes the moment by hand; the right to write was checked.
        self.sudo().date_links_withdrawn = fields.Datetime.now()
        return result

    @api.model
    def _get_delivery_assets(self, key):
        """Return the units of the delivery that a key was made for.

        :param str key: from ``_sign_delivery``, or anything at all
        """
        try:
            # sudo: reads the secret of the database.
            signed = verify_hash_signed(self.sudo().env, "aftersales_delivery", key)
        except ValueError:
            signed = None
        if not signed:
            return self.browse()
        # Links of the first versions do not know when they were made.
        picking_id, made = signed if isinstance(signed, list) else (signed, 0)
        # sudo: the key says that its holder got these units; not those that belong to
        # somebody else by now.
        assets = self.sudo().search([("picking_id", "=", picking_id)], order="id")
        picking = assets.picking_id
        buyers = (picking.partner_id | picking.sale_id.partner_id).commercial_partner_id
        return assets.filtered(
            lambda a: (
                (not buyers or a.commercial_partner_id in buyers)
                and not a._are_links_withdrawn(made)
            )
        )

    def _are_links_withdrawn(self, made):
        """Tell whether links to the unit ended after they were made.

        :param int made: when, in seconds since 1970
        """
        self.ensure_one()
        moment = self.date_links_withdrawn
        return bool(moment) and made <= int(moment.timestamp())
