from odoo import api, fields, models

from .aftersales_warranty_policy_line import ITEMS


class AftersalesWarranty(models.Model):
    """One layer of coverage on one installed product, with real dates."""

    _name = "aftersales.warranty"
    _description = "Warranty"
    _inherit = ["aftersales.company.check.mixin"]
    _order = "date_end desc, id"
    _check_company_auto = True

    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    version_id = fields.Many2one(
        "aftersales.warranty.policy.version",
        string="Terms as Sold",
        required=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.warranty.policy"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        required=True,
    )
    date_start = fields.Date(
        string="Start",
        required=True,
        help="The day of the event that starts the warranty. It is covered too, but "
        "not counted.",
    )
    date_end = fields.Date(string="Last Covered Day", required=True)
    coverage = fields.Json(
        string="Snapshot of Coverage",
        help="Covered items with their shares and last days.",
    )
    line_ids = fields.One2many(
        "aftersales.warranty.line", "warranty_id", string="Covered Items"
    )
    state = fields.Selection(
        [("open", "In Force"), ("closed", "Closed")],
        required=True,
        default="open",
        help="Closed: ended before its time, because the unit was returned, replaced "
        "or passed on.",
    )
    product_id = fields.Many2one(related="asset_id.product_id")
    partner_id = fields.Many2one(related="asset_id.partner_id")
    serial_number = fields.Char(related="asset_id.serial_number")
    terms = fields.Html(related="version_id.terms")
    coverage_state = fields.Selection(
        [
            ("covered", "Covered"),
            ("expiring", "Expiring Soon"),
            ("expired", "Expired"),
            ("closed", "Closed"),
        ],
        compute="_compute_coverage",
        search="_search_coverage_state",
        string="Coverage",
    )
    coverage_label = fields.Char(compute="_compute_coverage", string="Status")
    coverage_summary = fields.Char(compute="_compute_coverage_summary", string="Covers")

    _dates_ordered = models.Constraint(
        "CHECK (date_end >= date_start)", "A warranty cannot end before it starts."
    )
    _company_end_index = models.Index("(company_id, date_end) WHERE state = 'open'")

    @api.depends("version_id.name", "asset_id.display_name")
    def _compute_display_name(self):
        # sudo: who may see the warranty may see its title.
        for warranty in self.sudo():
            unit = warranty.asset_id.display_name
            warranty.display_name = f"{warranty.version_id.name} – {unit}"

    @api.depends("date_end", "state", "company_id")
    @api.depends_context("lang")
    def _compute_coverage(self):
        days = self.company_id._aftersales_today_by_company()
        Asset = self.env["aftersales.asset"]
        for warranty in self:
            today = days.get(warranty.company_id) or fields.Date.today()
            end = warranty.state == "open" and warranty.date_end
            if not end:
                warranty.coverage_state = "closed"
                warranty.coverage_label = self.env._("Closed")
                continue
            warranty.coverage_state = Asset._get_coverage_state(end, today)
            warranty.coverage_label = Asset._get_coverage_label(end, today)

    def _search_coverage_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain.FALSE
        if "closed" in value:
            domain |= fields.Domain("state", "=", "closed")
        in_force = self.env["res.company"]._aftersales_coverage_domain(
            "date_end", set(value) - {"closed"}
        )
        return domain | (fields.Domain("state", "=", "open") & in_force)

    @api.depends("coverage")
    @api.depends_context("lang")
    def _compute_coverage_summary(self):
        for warranty in self:
            warranty.coverage_summary = self._format_coverage(warranty.coverage)

    @api.model
    def _format_coverage(self, lines):
        """Return covered items in words, from a snapshot of them."""
        labels = dict(
            self.env["aftersales.warranty.line"]
            ._fields["item"]
            ._description_selection(self.env)
        )
        return ", ".join(
            self._format_coverage_line(labels, line) for line in lines or []
        )

    @api.model
    def _format_coverage_line(self, labels, line):
        name = labels.get(line["item"], line["item"])
        return name if line["share"] >= 100 else f"{name} {line['share']:g} %"

    @api.model_create_multi
    def create(self, vals_list):
        warranties = super().create(vals_list)
        # The lines are read from the snapshot that was just written.
        warranties.invalidate_recordset(["line_ids"], flush=False)
        return warranties

    def write(self, vals):
        result = super().write(vals)
        if "coverage" in vals:
            self.invalidate_recordset(["line_ids"], flush=False)
        return result

    @api.model
    def _get_items(self):
        """Return the codes of all items that a warranty may cover."""
        return [code for code, _label in ITEMS]

    def action_view_asset(self):
        """Open the unit that the warranty belongs to."""
        return self.asset_id._action_open(self.asset_id)

    def _covers(self, item, day):
        """Return the share of an item that is paid on a day.

        :param str item: one of ``_get_items()``
        :param date day: the day on which the defect was reported
        :return: a percentage; 0.0 when the item is not covered on that day
        :rtype: float
        """
        self.ensure_one()
        if self.state != "open" or day < self.date_start:
            return 0.0
        for line in self.coverage or []:
            if line["item"] == item and day <= fields.Date.to_date(line["end"]):
                return line["share"]
        return 0.0

    def _get_item_end(self, item):
        """Return the last day on which an item is covered, or False."""
        self.ensure_one()
        ends = [line["end"] for line in self.coverage or [] if line["item"] == item]
        return fields.Date.to_date(max(ends)) if ends else False

    def _get_coverage_table(self):
        """Return the covered items for a certificate or a portal page.

        :return: a list of ``{"item", "label", "share", "date_end"}``
        """
        self.ensure_one()
        labels = dict(
            self.env["aftersales.warranty.line"]
            ._fields["item"]
            ._description_selection(self.env)
        )
        return [
            {
                "item": line["item"],
                "label": labels.get(line["item"], line["item"]),
                "share": line["share"],
                "date_end": fields.Date.to_date(line["end"]),
            }
            for line in self.coverage or []
        ]

    @api.model
    def _prepare_warranty_vals(self, version, event_day):
        """Return the values of a warranty under a version of a policy.

        The caller adds the installed product and its company.

        :param version: ``aftersales.warranty.policy.version``
        :param date event_day: the day of the start event
        """
        return {
            "policy_id": version.policy_id.id,
            "version_id": version.id,
            "kind": version.kind,
            "date_start": event_day,
            "date_end": version._get_last_day(event_day),
            "coverage": version._get_coverage(event_day),
        }

    def _set_closed(self):
        """End warranties in force before their time."""
        self.filtered(lambda w: w.state == "open").state = "closed"

    def _set_open(self):
        """Put closed warranties in force again, with the dates they had."""
        self.filtered(lambda w: w.state == "closed").state = "open"
