from odoo import api, fields, models

from .aftersales_warranty_policy_line import ITEMS
from .aftersales_warranty_term_mixin import LEAVES_NO_GAP


class AftersalesWarranty(models.Model):
    """One layer of coverage on one installed product, with real dates."""

    _name = "aftersales.warranty"
    _description = "Warranty"
    _inherit = [
        "aftersales.warranty.contract.mixin",
        "aftersales.warranty.extension.mixin",
        "aftersales.warranty.renewal.mixin",
        "aftersales.warranty.owner.mixin",
        "aftersales.warranty.replacement.mixin",
        "aftersales.warranty.term.mixin",
        "aftersales.warranty.assessment.mixin",
        "aftersales.company.check.mixin",
    ]
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
    coverage = fields.Json(
        string="Snapshot of Coverage",
        help="Covered items with their shares and last days.",
    )
    line_ids = fields.One2many(
        "aftersales.warranty.line", "warranty_id", string="Covered Items"
    )
    state = fields.Selection(
        [("waiting", "Not Started"), ("open", "In Force"), ("closed", "Closed")],
        required=True,
        default="open",
        help="Not started: the event that starts it has not happened. Closed: ended "
        "before its time.",
    )
    close_reason = fields.Selection(
        [
            ("returned", "The unit was returned"),
            ("transferred", "The unit was passed on"),
            ("replaced", "The unit was replaced"),
            ("retired", "The unit is not used any more"),
            ("refunded", "Its sale was undone"),
            ("superseded", "Another warranty took its place"),
            ("manual", "Closed by hand"),
        ],
        string="Closed Because",
        readonly=True,
        copy=False,
    )
    product_id = fields.Many2one(related="asset_id.product_id")
    partner_id = fields.Many2one(related="asset_id.partner_id")
    serial_number = fields.Char(related="asset_id.serial_number")
    terms = fields.Html(related="version_id.terms")
    coverage_state = fields.Selection(
        [
            ("waiting", "Not Started"),
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
    _dates_known = models.Constraint(
        "CHECK (state != 'open' OR (date_start IS NOT NULL AND date_end IS NOT NULL))",
        "A warranty in force has a first and a last day.",
    )
    _company_end_index = models.Index("(company_id, date_end) WHERE state = 'open'")

    @api.depends("version_id.name", "asset_id.display_name")
    def _compute_display_name(self):
        # sudo: who may see the warranty may see its title.
        for warranty in self.sudo():
            unit = warranty.asset_id.display_name
            warranty.display_name = f"{warranty.version_id.name} – {unit}"

    @api.depends("date_start", "date_end", "date_used_up", "state", "company_id")
    @api.depends_context("lang")
    def _compute_coverage(self):
        days = self.company_id._aftersales_today_by_company()
        Asset = self.env["aftersales.asset"]
        states = dict(self._fields["state"]._description_selection(self.env))
        for warranty in self:
            today = days.get(warranty.company_id) or fields.Date.today()
            end = warranty.state == "open" and warranty.date_end
            if not end:
                waiting = warranty.state == "waiting"
                warranty.coverage_state = "waiting" if waiting else "closed"
                warranty.coverage_label = states[warranty.state]
                continue
            if warranty.date_start > today:
                warranty.coverage_state = "waiting"
                warranty.coverage_label = self.env._(
                    "Covered from %s", Asset._format_day(warranty.date_start)
                )
                continue
            if warranty.date_used_up and warranty._get_last_day() < end:
                warranty.coverage_state = "expired"
                warranty.coverage_label = self.env._(
                    "Used up on %s", Asset._format_day(warranty.date_used_up)
                )
                continue
            warranty.coverage_state = Asset._get_coverage_state(end, today)
            warranty.coverage_label = Asset._get_coverage_label(end, today)

    def _search_coverage_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        companies = self.env["res.company"]
        started = companies._aftersales_by_day_domain(
            lambda today: fields.Domain("date_start", "<=", today)
        )
        used_up = fields.Domain("date_used_up", "!=", False)
        in_force = started & ~used_up
        in_force &= companies._aftersales_coverage_domain(
            "date_end", wanted - {"waiting", "closed"}
        )
        if "expired" in wanted:
            in_force |= started & used_up
        domain = fields.Domain("state", "in", list({"waiting", "closed"} & wanted))
        if "waiting" in wanted:
            in_force |= companies._aftersales_by_day_domain(
                lambda today: fields.Domain("date_start", ">", today)
            )
        return domain | (fields.Domain("state", "=", "open") & in_force)

    @api.depends("coverage", "quantity_limit", "asset_id.quantity")
    @api.depends_context("lang")
    def _compute_coverage_summary(self):
        for warranty in self:
            parts = [self._format_coverage(warranty.coverage)]
            parts += filter(None, [warranty._get_limit_label()])
            warranty.coverage_summary = " – ".join(parts)

    @api.model
    def _format_coverage(self, lines):
        """Return covered items in words, from a snapshot of them."""
        number = self.env["res.lang"]._aftersales_format_number
        return ", ".join(
            label if share >= 100 else f"{label} {number(share)} %"
            for label, share in self._label_coverage(lines)
        )

    @api.model
    def _label_coverage(self, lines):
        """Return what lines of a snapshot cover in words, each with its share."""
        labels = dict(
            self.env["aftersales.warranty.line"]
            ._fields["item"]
            ._description_selection(self.env)
        )
        # sudo: whoever may see the warranty may see which goods it names.
        categories = self.env["product.category"].sudo()
        ids = [line["categ_id"] for line in lines or [] if line.get("categ_id")]
        names = {c.id: c.name for c in categories.browse(ids).exists()}
        result = []
        for line in lines or []:
            label = labels.get(line["item"], line["item"])
            if line.get("categ_id"):
                label = self.env._(
                    "%(item)s (%(category)s)",
                    item=label,
                    category=names.get(line["categ_id"], "…"),
                )
            result.append((label, line["share"]))
        return result

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

    def _covers(self, item, day, product=None, usage=None):
        """Return the share of an item that is paid on a day.

        :param str item: one of ``_get_items()``
        :param date day: the day on which the defect was reported
        :param product: the ``product.product`` of the part, if a rule for its
            category is to be found
        :param float usage: the reading on that day, in the unit of the limit; not
            checked when not given
        :return: a percentage; 0.0 when the item is not covered on that day
        :rtype: float
        """
        self.ensure_one()
        if self.state != "open" or day < self.date_start:
            return 0.0
        if usage is not None and self._is_used_up(usage):
            return 0.0
        return self._get_shares([item], day, product).get(item, (0.0, None))[0]

    def _get_shares(self, items, day, product=None):
        """Return what the lines of the snapshot pay on a day, whatever the state.

        :param list items: of ``_get_items()``
        :param date day: the day on which the defect was reported
        :param product: as in ``_covers``
        :return: ``{item: (share, last covered day)}``, covered items only
        :rtype: dict
        """
        self.ensure_one()
        result = {}
        lines = self.coverage or []
        for item in items:
            line = self._find_line(lines, item, product)
            end = line and fields.Date.to_date(line["end"])
            if line and line["share"] and day <= end:
                result[item] = (line["share"], end)
        return result

    @api.model
    def _find_line(self, lines, item, product=None):
        """Return the line of a snapshot that decides on an item, or None.

        For a product the line of the nearest of its categories goes before the one
        that holds for the item in general.
        """
        found = {x.get("categ_id"): x for x in lines if x["item"] == item}
        path = []
        if product and found.keys() - {None}:
            # sudo: the category of a part that the user names.
            path = (product.sudo().categ_id.parent_path or "").strip("/").split("/")
        for category in reversed(path):
            if category and int(category) in found:
                return found[int(category)]
        return found.get(None)

    def _is_used_up(self, usage):
        """Tell whether a reading is beyond the limit of usage."""
        self.ensure_one()
        return bool(self.usage_limit) and usage - self.usage_start > self.usage_limit

    def _get_coverage_table(self):
        """Return the covered items for a certificate or a portal page.

        :return: a list of ``{"item", "label", "share", "date_end"}``,
            the share in per cent as people write it
        """
        self.ensure_one()
        number = self.env["res.lang"]._aftersales_format_number
        return [
            {
                "item": line["item"],
                "label": label,
                "share": number(share),
                "date_end": fields.Date.to_date(line["end"]),
            }
            for line, (label, share) in zip(
                self.coverage or [], self._label_coverage(self.coverage), strict=True
            )
        ]

    def _set_closed(self, reason="manual"):
        """End warranties before their time.

        :param str reason: one of the values of ``close_reason``
        """
        closing = self.filtered(lambda w: w.state != "closed")
        closing.write({"state": "closed", "close_reason": reason})
        if reason in LEAVES_NO_GAP:
            closing._move_followers()

    def _set_open(self, reasons=None):
        """Put closed warranties in force again, with the dates they had.

        :param reasons: only those that were closed for one of these reasons
        """
        closed = self.filtered(
            lambda w: w.state == "closed" and (not reasons or w.close_reason in reasons)
        )
        for is_started, warranties in closed.grouped(
            lambda w: bool(w.date_end)
        ).items():
            state = "open" if is_started else "waiting"
            warranties.write({"state": state, "close_reason": False})
        closed._move_followers()
        closed._catch_up_events()
