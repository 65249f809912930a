from odoo import api, fields, models
from odoo.fields import Domain

# The platform compares the defaults of what overrides its methods.
NO_LOG = models.BaseModel._convert_records.__kwdefaults__["log"]


class AftersalesAssetImportMixin(models.AbstractModel):
    """Units sold elsewhere that come from a file, or are typed in."""

    _name = "aftersales.asset.import.mixin"
    _description = "Import of Installed Products"

    @api.model
    def get_import_templates(self):
        """Offer the example file on the page of the import."""
        return [
            {
                "label": self.env._("Example File for Installed Products"),
                "template": "/aftersales_addon/static/xls/installed_products.xlsx",
            }
        ]

    @api.model_create_multi
    def create(self, vals_list):
        self._link_known_lots(vals_list)
        return super().create(vals_list)

    @api.model
    def _link_known_lots(self, vals_list):
        """Point units that were typed in to the serial number that stock knows.

        :param list vals_list: values of new units; those of a delivery are skipped
        """
        typed = [
            vals
            for vals in vals_list
            if vals.get("serial_number")
            and vals.get("product_id")
            and not vals.get("lot_id")
            and not vals.get("move_id")
        ]
        if not typed:
            return
        # sudo: service users have no rights on serial numbers; the number is theirs.
        lots = (
            self.env["stock.lot"]
            .sudo()
            .search(
                [
                    ("name", "in", list({vals["serial_number"] for vals in typed})),
                    ("product_id", "in", list({vals["product_id"] for vals in typed})),
                ]
            )
        )
        known = {(lot.product_id.id, lot.name, lot.company_id.id): lot for lot in lots}
        for vals in typed:
            company = vals.get("company_id") or self.env.company.id
            key = (vals["product_id"], vals["serial_number"])
            lot = known.get((*key, company)) or known.get((*key, False))
            if lot:
                vals["lot_id"] = lot.id

    # --- A file, row by row ---

    @api.model
    def _convert_records(self, records, *, log=NO_LOG, savepoint):
        """Look at all rows of a file before the first unit is made.

        Each wrong row is told with its number, and the others are tried as well: so
        all that is wrong is known at once. The platform undoes everything when
        anything was wrong.
        """
        rejected = set()

        def note(message):
            if message.get("type") == "error":
                rejected.add(message["rows"]["from"])
            log(message)

        records, links = self._take_known_links(list(records))
        converted = super()._convert_records(records, log=note, savepoint=savepoint)
        rows = []
        for row, known in zip(converted, links, strict=True):
            row[2].update(known)
            rows.append(row)
        new = [
            row for row in rows if not row[0] and row[3]["rows"]["from"] not in rejected
        ]
        problems = self._find_import_problems([row[2] for row in new])
        for index, (field, message) in problems.items():
            info = new[index][3]
            rejected.add(info["rows"]["from"])
            log({**info, "type": "error", "field": field, "message": message})
        return iter(row for row in rows if row[3]["rows"]["from"] not in rejected)

    @api.model
    def _take_known_links(self, records):
        """Look names up once, however many rows they stand in.

        The platform asks the database for the same product in each row anew. A name
        that fits none or several records is left to it, and to its words.

        :param list records: ``(values as text, information on the row)``
        :return: the records without these names, and for each what they stand for
        """
        found, rest, links = {}, [], []
        for values, info in records:
            left, known = dict(values), {}
            for name, value in values.items():
                field = self._fields.get(name)
                if field is None or field.type != "many2one" or not value:
                    continue
                text = value[0].get(None) if set(value[0]) == {None} else None
                if not text:
                    continue
                key = (field.comodel_name, text)
                if key not in found:
                    matches = self.env[key[0]].name_search(text, operator="=", limit=2)
                    found[key] = matches[0][0] if len(matches) == 1 else None
                if found[key]:
                    known[name] = found[key]
                    del left[name]
            rest.append((left, info))
            links.append(known)
        return rest, links

    @api.model
    def _find_import_problems(self, vals_list):
        """Return what is wrong with the values of new units.

        :param list vals_list: values of new units, in the order of the rows
        :return: ``{index: (field, reason in words)}``
        """
        problems, seen = {}, {}
        products = self.env["product.product"].browse(
            {vals["product_id"] for vals in vals_list if vals.get("product_id")}
        )
        tracking = {product.id: product.tracking for product in products}
        in_use = self._find_numbers_in_use(vals_list)
        for index, vals in enumerate(vals_list):
            problem = self._find_problem(vals, tracking)
            number = vals.get("serial_number")
            if not problem and number and tracking[vals["product_id"]] != "lot":
                company = vals.get("company_id") or self.env.company.id
                key = (company, vals["product_id"], number)
                if key in in_use:
                    problem = (
                        "serial_number",
                        self.env._(
                            "%(number)s is listed already, at %(owner)s.",
                            number=number,
                            owner=in_use[key],
                        ),
                    )
                elif key in seen:
                    problem = (
                        "serial_number",
                        self.env._("%s stands in this file twice.", number),
                    )
                seen[key] = index
            if problem:
                problems[index] = problem
        return problems

    @api.model
    def _find_numbers_in_use(self, vals_list):
        """Return the numbers that are in use, with their customers' names."""
        numbers = {
            vals["serial_number"] for vals in vals_list if vals.get("serial_number")
        }
        # sudo: only the name of the customer is told, to whoever may enter units.
        assets = self.sudo().search(
            Domain("serial_number", "in", list(numbers))
            & Domain("state", "=", "in_use")
        )
        return {
            (a.company_id.id, a.product_id.id, a.serial_number): (
                a.partner_id.display_name or self.env._("nobody")
            )
            for a in assets
        }

    @api.model
    def _find_problem(self, vals, tracking):
        """Return the field and the reason why a unit cannot be, or None."""
        if not vals.get("product_id"):
            return "product_id", self.env._(
                "Which product is it? The product is missing."
            )
        try:
            day = fields.Date.to_date(vals.get("delivery_date") or False)
        except ValueError:
            return "delivery_date", self.env._(
                "%s: check the year.", vals["delivery_date"]
            )
        company = (
            self.env["res.company"].browse(vals.get("company_id"))
            if vals.get("company_id")
            else self.env.company
        )
        if day and day > company._aftersales_today():
            return "delivery_date", self.env._(
                "%s lies in the future.", self._format_day(day)
            )
        if day and day.year < 1950:
            return "delivery_date", self.env._("%s: check the year.", day.isoformat())
        quantity = vals.get("quantity", 1.0)
        if quantity <= 0:
            return "quantity", self.env._("The quantity has to be more than 0.")
        if tracking[vals["product_id"]] == "serial":
            if not vals.get("serial_number") and not vals.get("lot_id"):
                return "serial_number", self.env._(
                    "The serial number is missing: units of this product have one each."
                )
            if quantity != 1:
                return "quantity", self.env._(
                    "A serial number is one unit. Write a row for each of them."
                )
        return None
