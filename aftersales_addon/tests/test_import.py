from odoo.tests import tagged

from .common import AftersalesCommon

FIELDS = ["partner_id", "product_id", "serial_number", "delivery_date", "quantity"]


@tagged("post_install", "-at_install")
class TestImport(AftersalesCommon):
    """Units sold elsewhere come from a file, or none of them does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_24
        cls.Asset = cls.env["aftersales.asset"].with_user(cls.user_agent)

    def _load(self, rows):
        return self.Asset.load(FIELDS, rows)

    def _row(self, number, **changes):
        row = {
            "partner_id": "Anna",
            "product_id": "Door lock",
            "serial_number": number,
            "delivery_date": "2025-03-15",
            "quantity": "1",
            **changes,
        }
        return [row[name] for name in FIELDS]

    def test_rows_become_units_with_their_warranties(self):
        lot = self._make_lots(self.lock, "KNOWN")
        result = self._load([self._row("KNOWN"), self._row("UNKNOWN")])
        self.assertFalse(result["messages"])
        known, unknown = self.Asset.browse(result["ids"])
        self.assertEqual(known.sudo().lot_id, lot)
        self.assertTrue(known.is_serial)
        self.assertFalse(unknown.sudo().lot_id)
        self.assertEqual(unknown.partner_id, self.customer)
        for unit in (known, unknown):
            self.assertEqual(str(unit.warranty_end), "2027-03-15")

    def test_37_of_5000_rows_are_wrong(self):
        """Each is named with its row, and none of the others is imported."""
        rows = [self._row(f"SN{n:05}") for n in range(5000)]
        wrong = {}
        for n in range(37):
            index = 100 + n * 130
            kind = n % 8
            wrong[index] = kind
            rows[index] = self._row(
                f"SN{index:05}",
                **[
                    {"delivery_date": "2999-01-01"},
                    {"quantity": "-1"},
                    {"quantity": "2"},
                    {"product_id": "No such product"},
                    {"serial_number": ""},
                    {"serial_number": "SN00001"},
                    {"partner_id": "Nobody of this name"},
                    {"delivery_date": "0025-03-15"},
                ][kind],
            )
        before = self.Asset.search_count([])
        queries = self.env.cr.sql_log_count
        result = self._load(rows)
        queries = self.env.cr.sql_log_count - queries
        self.assertFalse(result["ids"])
        self.assertEqual(self.Asset.search_count([]), before)
        named = {m["rows"]["from"] for m in result["messages"] if m["type"] == "error"}
        self.assertEqual(named, set(wrong))
        for message in result["messages"]:
            self.assertTrue(message["message"])
        # Names are looked up once; units, warranties and notes come by the hundred.
        self.assertLess(queries, 1500)

    def test_5000_rows(self):
        queries = self.env.cr.sql_log_count
        result = self._load([self._row(f"SN{n:05}") for n in range(5000)])
        self.assertEqual(len(result["ids"]), 5000)
        self.assertLess(self.env.cr.sql_log_count - queries, 1500)

    def test_reasons(self):
        self._load([self._row("TAKEN")])
        cases = {
            "is listed already, at Anna": {"serial_number": "TAKEN"},
            "one unit": {"quantity": "3"},
            "more than 0": {"quantity": "0"},
            "number is missing": {"serial_number": ""},
            "future": {"delivery_date": "2999-01-01"},
        }
        for reason, changes in cases.items():
            with self.subTest(reason):
                result = self._load([self._row("NEW", **changes)])
                self.assertFalse(result["ids"])
                self.assertIn(reason, result["messages"][0]["message"])
                self.assertEqual(result["messages"][0]["rows"]["from"], 0)

    def test_number_of_another_product(self):
        """A1 exists on two products: the row says which one is meant."""
        other = self._make_product("Other lock", "serial")
        self._make_lots(other, "A1")
        lot = self._make_lots(self.lock, "A1")
        result = self._load([self._row("A1"), self._row("A1", product_id="Other lock")])
        first, second = self.Asset.browse(result["ids"])
        self.assertEqual(first.sudo().lot_id, lot)
        self.assertEqual(second.sudo().lot_id.product_id, other)

    def test_example_file(self):
        """Its columns are fields of the list."""
        template = self.Asset.get_import_templates()[0]["template"]
        self.assertEqual(
            template, "/aftersales_addon/static/xls/installed_products.xlsx"
        )
        labels = {f["string"] for f in self.Asset.fields_get().values()}
        self.assertLessEqual(
            {
                "Customer",
                "Product",
                "Serial Number",
                "Delivered On",
                "Quantity at Customer",
            },
            labels,
        )
