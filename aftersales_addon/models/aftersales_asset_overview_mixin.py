from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

# How many units the short lists of the overview show.
LIST_LIMIT = 10
MATCH_LIMIT = 8

# The same conditions as the filters of these names in the search view.
TILES = {
    "covered": [("coverage_state", "in", ["covered", "expiring"])],
    "expiring": [("coverage_state", "=", "expiring")],
    "expiring_90": [("coverage_days_left", ">=", 0), ("coverage_days_left", "<=", 90)],
    "expired": [("coverage_state", "=", "expired")],
    "no_warranty": [("coverage_state", "=", "none")],
    "returned_this_month": [
        ("state", "=", "returned"),
        ("quantity_delivered", ">", 0),
        ("date_closed", ">=", "today =1d"),
    ],
}


class AftersalesAssetOverviewMixin(models.AbstractModel):
    """What the first screen of the application shows, and ways to get to units."""

    _name = "aftersales.asset.overview.mixin"
    _description = "Overview of Installed Products"

    coverage_line_ids = fields.One2many(
        "aftersales.warranty.line",
        "asset_id",
        string="Covered Items",
        domain=[("warranty_id.state", "=", "open")],
    )

    @api.model
    @api.readonly
    def get_overview(self):
        """Return all that the overview shows, as far as the user may see it.

        :return: ``tiles`` (``{filter name: count}``), the lists ``expiring`` and
            ``delivered`` of units, ``has_assets``, ``has_policies``,
            ``is_manager``, ``can_create`` and ``backfill_action`` (an external id, or
            False)
        """
        in_use = [("state", "=", "in_use")]
        return {
            "tiles": {name: self._count(domain) for name, domain in TILES.items()},
            "expiring": self._get_overview_rows(TILES["expiring"], "warranty_end, id"),
            "delivered": self._get_overview_rows(in_use, "delivery_date desc, id desc"),
            "has_assets": bool(self.search([], limit=1)),
            "has_policies": bool(
                self.env["aftersales.warranty.policy"].search([], limit=1)
            ),
            "is_manager": self.env.user.has_group(
                "aftersales_addon.aftersales_group_manager"
            ),
            "can_create": self.has_access("create"),
            "backfill_action": self._get_backfill_action(),
        }

    @api.model
    @api.readonly
    def get_overview_matches(self, text):
        """Return the first units whose serial, customer, product or order fits.

        :param str text: what was typed in the search box
        :return: a list of dicts like the lists of ``get_overview``
        """
        text = (text or "").strip()
        if not text:
            return []
        # A number that was typed in full is the answer, whatever else contains it.
        exact = self._get_overview_rows(
            [("serial_number", "=ilike", escape_psql(text))], limit=MATCH_LIMIT
        )
        domain = Domain.OR(
            Domain(name, "ilike", text) for name in self._get_overview_search_fields()
        )
        return exact or self._get_overview_rows(domain, limit=MATCH_LIMIT)

    @api.model
    def _get_overview_search_fields(self):
        names = ["serial_number", "partner_id", "product_id"]
        if self.env["sale.order"].has_access("read"):
            names.append("sale_order_id")
        return names

    @api.model
    def _count(self, domain):
        [[count]] = self._read_group(domain, aggregates=["__count"])
        return count

    @api.model
    def _get_overview_rows(self, domain, order=None, limit=LIST_LIMIT):
        units = self.search(domain, order=order, limit=limit)
        # sudo: the names of the product and the customer of a unit one may see.
        return [
            {
                "id": unit.id,
                "product": unit.sudo().product_id.display_name,
                "product_id": unit.product_id.id,
                "serial_number": unit.serial_number or "",
                "customer": unit.sudo().partner_id.display_name or "",
                "coverage_label": unit.coverage_label,
                "coverage_state": unit.coverage_state,
                "delivered": (
                    self._format_day(unit.delivery_date) if unit.delivery_date else ""
                ),
            }
            for unit in units
        ]

    @api.model
    def _get_backfill_action(self):
        xml_id = "aftersales_addon.aftersales_backfill_action"
        return xml_id if self.env.ref(xml_id, raise_if_not_found=False) else False

    @api.model
    def _get_action(self, domain, context=None):
        """Return the action that shows units: the form when there is just one.

        :param list domain: which units
        :param dict context: defaults and filters for the list
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_asset_action"
        )
        action = {**action, "domain": domain, "context": context or {}}
        units = self.search(domain, limit=2)
        if len(units) == 1:
            action |= {"views": [(False, "form")], "res_id": units.id}
        return action

    def action_view_product(self):
        """Open the product of the unit."""
        return self._action_open(self.product_id)

    def action_view_partner(self):
        """Open the customer who has the unit."""
        return self._action_open(self.partner_id)
