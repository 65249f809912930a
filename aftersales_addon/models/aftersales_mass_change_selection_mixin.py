from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..tools.natural import common_start, natural_key, split_numbers

# What a person chose; the units that were found for another choice are not valid.
CHOICE = {
    "company_id",
    "product_ids",
    "selection",
    "number_from",
    "number_to",
    "numbers",
    "date_from",
    "date_to",
    "domain",
    "count",
    "warranty_kind",
    "include_expired",
}
# More numbers than this are counted, but not listed one by one.
MAX_LISTED_NUMBERS = 200


class AftersalesMassChangeSelectionMixin(models.AbstractModel):
    """Which units a mass change is for, and which of them it cannot be applied to.

    The units are kept as lines once they were looked up: what the preview shows is
    what is changed, whatever is delivered meanwhile.
    """

    _name = "aftersales.mass.change.selection.mixin"
    _description = "Choice of Installed Products"

    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        check_company=True,
        help="A range of numbers needs the products that they belong to. Otherwise "
        "leave it empty for all products.",
    )
    selection = fields.Selection(
        [
            ("range", "Range of Numbers"),
            ("list", "List of Numbers"),
            ("dates", "Days of Delivery"),
            ("domain", "Filter"),
        ],
        string="Choose By",
        required=True,
        default="range",
    )
    number_from = fields.Char(
        string="From Number",
        help="Numbers are compared as people read them: SN9, SN10.",
    )
    number_to = fields.Char(string="To Number")
    numbers = fields.Text(
        help="One number on a line, or with commas between them.",
    )
    date_from = fields.Date(string="Delivered From")
    date_to = fields.Date(string="Delivered Until")
    domain = fields.Char(string="Filter", default="[]")
    warranty_kind = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.warranty.policy"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        string="Only Warranties of Kind",
        help="Leave it empty to prolong all warranties of the units.",
    )
    include_expired = fields.Boolean(
        string="Also Warranties That Are Over",
        help="A warranty that has ended is counted on from its last day, and is in "
        "force again if the new last day is still to come.",
    )
    preview_date = fields.Datetime(string="Looked Up", readonly=True, copy=False)
    missing_count = fields.Integer(
        string="Numbers Not Found", readonly=True, copy=False
    )
    missing_numbers = fields.Text(
        string="Not Found", readonly=True, copy=False, help="Numbers of no unit."
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_to >= date_from)", "The last day cannot be before the first."
    )

    @api.constrains("selection", "number_from", "number_to", "product_ids")
    def _check_range(self):
        for change in self.filtered(lambda c: c.selection == "range"):
            if not (change.number_from and change.number_to):
                raise ValidationError(
                    self.env._("Enter the first and the last number of the range.")
                )
            if not change.product_ids:
                raise ValidationError(
                    self.env._("Choose the products whose numbers you mean.")
                )
            if natural_key(change.number_to) < natural_key(change.number_from):
                raise ValidationError(
                    self.env._(
                        "The range ends before it starts: %(last)s comes before "
                        "%(first)s. Exchange the two numbers.",
                        first=change.number_from,
                        last=change.number_to,
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        for change in self:
            try:
                domain = Domain(change._get_filter())
                domain.validate(self.env["aftersales.asset"])
            except (ValueError, SyntaxError, TypeError, NameError) as error:
                raise ValidationError(
                    self.env._("The filter cannot be read: %s", error)
                ) from error

    def _get_filter(self):
        self.ensure_one()
        names = {"uid": self.env.uid, "context_today": fields.Date.context_today}
        return safe_eval(self.domain or "[]", names)

    def _get_asset_domain(self):
        """Return which units are meant, whether or not they can be changed."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        if self.selection == "range":
            start = common_start(self.number_from, self.number_to)
            if start:
                domain &= Domain("serial_number", "=ilike", f"{start}%")
            else:
                domain &= Domain("serial_number", "!=", False)
        elif self.selection == "list":
            numbers = split_numbers(self.numbers)
            spelt = {*numbers, *map(str.upper, numbers), *map(str.lower, numbers)}
            domain &= Domain("serial_number", "in", list(spelt))
        elif self.selection == "dates":
            if self.date_from:
                domain &= Domain("delivery_date", ">=", self.date_from)
            if self.date_to:
                domain &= Domain("delivery_date", "<=", self.date_to)
        else:
            domain &= Domain(self._get_filter())
        return domain

    def _check_choice(self):
        """Refuse a choice that would take in every unit by oversight."""
        self.ensure_one()
        if self.selection == "list" and not split_numbers(self.numbers):
            raise UserError(self.env._("Paste the numbers into the list first."))
        if self.selection == "dates" and not (self.date_from or self.date_to):
            raise UserError(self.env._("Enter the days of delivery first."))
        if (
            self.selection == "domain"
            and not self._get_filter()
            and not self.product_ids
        ):
            raise UserError(
                self.env._("The filter is empty. Choose products, or add a rule.")
            )

    def _find_assets(self):
        """Look the units up.

        :return: ``{asset id: reason why it cannot be changed, or None}``
        """
        self.ensure_one()
        Asset = self.env["aftersales.asset"]
        self.env.flush_all()
        query = Asset._search(self._get_asset_domain(), order="id")
        table = query.table
        rows = self.env.execute_query(
            query.select(
                *(
                    SQL.identifier(table, name)
                    for name in ("id", "serial_number", "product_id", "state")
                )
            )
        )
        rows = self._filter_numbers(rows)
        with_warranty = self._find_assets_with_warranty([row[0] for row in rows])
        ambiguous = self._find_ambiguous(rows)
        found = {}
        for asset_id, number, _product, state in rows:
            if state != "in_use":
                reason = "closed"
            elif number in ambiguous:
                reason = "ambiguous"
            elif self.count and asset_id not in with_warranty:
                reason = "no_warranty"
            else:
                reason = None
            found[asset_id] = reason
        return found

    def _filter_numbers(self, rows):
        """Leave the units whose number is meant, and note numbers of no unit."""
        missing = []
        if self.selection == "range":
            first, last = natural_key(self.number_from), natural_key(self.number_to)
            rows = [row for row in rows if first <= natural_key(row[1]) <= last]
        elif self.selection == "list":
            present = {row[1].casefold() for row in rows}
            wanted = split_numbers(self.numbers)
            missing = [n for n in wanted if n.casefold() not in present]
        listed = missing[:MAX_LISTED_NUMBERS]
        if len(missing) > len(listed):
            listed.append("…")
        self.missing_count = len(missing)
        self.missing_numbers = "\n".join(listed)
        return rows

    def _find_ambiguous(self, rows):
        """Return the numbers that units of several products have."""
        if self.selection != "list" or len(self.product_ids) == 1:
            return set()
        products = {}
        for _id, number, product, _state in rows:
            products.setdefault(number, set()).add(product)
        return {number for number, found in products.items() if len(found) > 1}

    def _get_warranty_domain(self):
        """Return which warranties of a unit are prolonged."""
        self.ensure_one()
        domain = Domain("state", "in", ("waiting", "open"))
        if self.warranty_kind:
            domain &= Domain("kind", "=", self.warranty_kind)
        if not self.include_expired:
            today = self.company_id._aftersales_today()
            domain &= Domain("date_end", "=", False) | Domain("date_end", ">=", today)
        return domain

    def _find_assets_with_warranty(self, asset_ids):
        if not (asset_ids and self.count):
            return set()
        Warranty = self.env["aftersales.warranty"]
        domain = Domain("asset_id", "in", asset_ids) & self._get_warranty_domain()
        query = Warranty._search(domain)
        rows = self.env.execute_query(
            query.select(SQL.identifier(query.table, "asset_id"))
        )
        return {row[0] for row in rows}

    def _write_lines(self):
        """Keep the units as lines, with why some of them cannot be changed."""
        self.ensure_one()
        found = self._find_assets()
        # By SQL, as below: nothing else knows of the lines of a preview.
        self.env.cr.execute(
            SQL(
                "DELETE FROM aftersales_mass_change_line WHERE mass_change_id = %s",
                self.id,
            )
        )
        by_reason = {}
        for asset_id, reason in found.items():
            by_reason.setdefault(reason, []).append(asset_id)
        for reason, asset_ids in by_reason.items():
            # One statement for a hundred thousand units, of which each line says
            # no more than that it belongs here.
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO aftersales_mass_change_line (
                        mass_change_id, company_id, asset_id, state, skip_reason,
                        create_uid, write_uid, create_date, write_date
                    )
                    SELECT %s, %s, asset_id, %s, %s, %s, %s, now() AT TIME ZONE 'UTC',
                        now() AT TIME ZONE 'UTC'
                    FROM unnest(%s) AS asset_id
                    """,
                    self.id,
                    self.company_id.id,
                    "skipped" if reason else "pending",
                    reason,
                    self.env.uid,
                    self.env.uid,
                    asset_ids,
                )
            )
        self.invalidate_recordset()
        self.env["aftersales.mass.change.line"].invalidate_model(flush=False)
        self.preview_date = fields.Datetime.now()
