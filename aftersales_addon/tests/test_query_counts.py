from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon

# The ORM inserts and updates at most this many rows in one statement.
ORM_BATCH = 100


@tagged("post_install", "-at_install")
class TestQueryCounts(AftersalesCommon):
    """What the addon costs does not grow with the number of records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lock.aftersales_policy_ids = cls.policy_12 | cls._make_policy(
            "Statutory", 24, kind="statutory"
        )
        cls.plain = cls._make_product("Plain lock", "serial")
        # What the first delivery of a process does once, and no later one.
        for product in (cls.lock, cls.plain):
            lots = cls._make_lots(product, f"{product.name} warm-up")
            move = cls._deliver(product, lots=lots)
            cls._return(move, lots=lots)

    def _count(self, function):
        """Return how many queries a function needs with empty caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @contextmanager
    def _count_our_part(self):
        """Count the queries of the addon's hook on done moves."""
        Move = self.registry["stock.move"]
        process = Move._aftersales_process_done
        counts = []

        def counted(moves, asset_vals=None):
            moves.env.flush_all()
            before = moves.env.cr.sql_log_count
            result = process(moves, asset_vals)
            moves.env.flush_all()
            counts.append(moves.env.cr.sql_log_count - before)
            return result

        with patch.object(Move, "_aftersales_process_done", counted):
            yield counts

    def _lots(self, product, prefix, count):
        return self._make_lots(product, *(f"{prefix}{n}" for n in range(count)))

    def _deliveries(self, prefix, count, product=None):
        """Make pickings of the product, one unit each, without the addon's work."""
        product = product or self.lock
        lots = self._lots(product, prefix, count)
        return self._deliver(product, lots=lots), lots

    def _extra_of_delivery(self, prefix, count):
        """Return the queries of a delivery beyond those without a policy."""
        queries = []
        for product in (self.plain, self.lock):
            lots = self._lots(product, f"{prefix}{product.id}-", count)
            with self._count_our_part() as counts:
                self._deliver(product, lots=lots)
            queries.append(sum(counts))
        without, with_policy = queries
        return with_policy - without

    def test_delivery(self):
        """Of 1 and of 100 units: the same, and one insert more than a batch holds."""
        self._extra_of_delivery("warm", 1)
        one = self._extra_of_delivery("one", 1)
        hundred = self._extra_of_delivery("hundred", 100)
        # Two warranties a unit: 200 rows are two inserts where 2 rows are one.
        self.assertEqual(hundred - one, 200 // ORM_BATCH - 1)
        self.assertLessEqual(hundred, 60)

    def test_whole_delivery_against_one_without_policy(self):
        """The same, seen from outside of the hook: nothing hides elsewhere."""

        def extra(count, prefix):
            found = []
            for product in (self.plain, self.lock):
                lots = self._lots(product, f"{prefix}{product.id}-", count)
                found.append(
                    self._count(
                        lambda product=product, lots=lots: self._deliver(
                            product, lots=lots
                        )
                    )
                )
            return found[1] - found[0]

        extra(1, "warm")
        self.assertLessEqual(extra(50, "many") - extra(1, "single"), 2)

    @mute_logger("odoo.models.unlink")
    def test_return(self):
        warm, lots_of_warm = self._deliveries("warm", 1)
        self._return(warm, lots=lots_of_warm)
        one, lots_of_one = self._deliveries("one", 1)
        many, lots_of_many = self._deliveries("many", 50)
        with self._count_our_part() as first:
            self._return(one, lots=lots_of_one)
        with self._count_our_part() as second:
            self._return(many, lots=lots_of_many)
        self.assertEqual(set(self._assets(many).mapped("state")), {"returned"})
        self.assertEqual(sum(second), sum(first))

    @mute_logger("odoo.models.unlink")
    def test_return_of_many_moves(self):
        """Ten deliveries and their returns in one go, as a backfill handles them."""
        moves = self.env["stock.move"]
        Move = self.registry["stock.move"]
        with patch.object(
            Move,
            "_aftersales_process_done",
            lambda moves, asset_vals=None: moves.env["aftersales.asset"],
        ):
            for number in range(14):
                lots = self._lots(self.lock, f"m{number}-", 1)
                move = self._deliver(self.lock, lots=lots)
                moves |= move | self._return(move, lots=lots)
        moves[:4]._aftersales_process_done()
        few, many = moves[4:8], moves[8:]
        first = self._count(few._aftersales_process_done)
        second = self._count(many._aftersales_process_done)
        self.assertEqual(len(self._assets(many)), 10)
        self.assertEqual(set(self._assets(many).mapped("state")), {"returned"})
        self.assertEqual(second, first)

    def test_done_moves_of_products_that_are_not_followed(self):
        """Deliveries that are none of our business cost a few reads."""
        lots = self._lots(self.plain, "plain", 20)
        with self._count_our_part() as counts:
            self._deliver(self.plain, lots=lots)
        self.assertLessEqual(sum(counts), 15)

    def test_resolution_of_policies(self):
        categories = self.env["product.category"].create(
            [{"name": f"C{n}", "parent_id": self.category.id} for n in range(5)]
        )
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "categ_id": categories[n % 5].id} for n in range(51)]
        )
        products[::2].aftersales_policy_ids = self.policy_12
        self.category.aftersales_policy_ids = self.policy_24

        def resolve(records):
            found = records._aftersales_resolve_policies(self.company)
            self.assertTrue(all(found.values()))

        self._count(lambda: resolve(products[50]))
        self.assertEqual(
            self._count(lambda: resolve(products[:50])),
            self._count(lambda: resolve(products[50])),
        )

    def test_read_of_lists(self):
        """What the lists of the web client read, for 1 and for 50 units."""
        moves, _lots = self._deliveries("list", 50)
        assets = self._assets(moves)
        cases = {
            "aftersales.asset": assets,
            "aftersales.warranty": assets.warranty_ids[:50],
        }
        for model, records in cases.items():
            arch = self.env[model].get_view(view_type="list")["models"][model]
            specification = {}
            for name in arch:
                field = self.env[model]._fields[name]
                if field.type == "many2one":
                    specification[name] = {"fields": {"display_name": {}}}
                else:
                    specification[name] = {}
            for user in (self.user_agent_all, self.user_sale):
                with self.subTest(model=model, user=user.login):
                    theirs = records.with_user(user)
                    one, many = theirs[:1], theirs
                    # The first read of a user loads their groups and rules.
                    self._count(lambda m=many, s=specification: m.web_read(s))
                    self.assertEqual(
                        self._count(lambda m=many, s=specification: m.web_read(s)),
                        self._count(lambda o=one, s=specification: o.web_read(s)),
                    )

    def test_figures_of_documents(self):
        """What buttons and lists of the platform's own documents show."""
        moves = self.env["stock.move"]
        for number in range(50):
            partner = self.env["res.partner"].create({"name": f"Customer {number}"})
            lots = self._lots(self.lock, f"b{number}-", 1)
            moves |= self._deliver(self.lock, lots=lots, partner=partner)
        products = self.env["product.product"].create(
            [{"name": f"P{n}"} for n in range(50)]
        )
        orders = self.env["sale.order"].create(
            [{"partner_id": partner.id} for partner in moves.partner_id]
        )
        holders = {
            "stock.lot": moves.lot_ids,
            "res.partner": moves.partner_id,
            "stock.picking": moves.picking_id,
            "product.product": products,
            "product.template": products.product_tmpl_id,
            "sale.order": orders,
            "stock.move": moves,
            "stock.move.line": moves.move_line_ids,
        }
        columns = ("asset_count", "covered_count", "next_expiry", "coverage_label")
        names = [f"aftersales_{column}" for column in columns]
        for model, records in holders.items():
            with self.subTest(model=model):
                self.assertEqual(len(records), 50)
                # As a list view gets them: records that know of each other.
                records = records.browse(records.ids)
                shown = [name for name in names if name in records._fields]

                def read(some, shown=tuple(shown)):
                    return some.read(shown)

                self._count(lambda r=records: read(r))
                self.assertEqual(
                    self._count(lambda r=records: read(r)),
                    self._count(lambda r=records: read(r[:1])),
                )

    def test_search_by_coverage(self):
        """One query, whatever the number of companies."""

        def search():
            Asset = self.env["aftersales.asset"]
            return Asset.search([("coverage_state", "in", ("covered", "expired"))])

        self._deliveries("search", 2)
        self._count(search)
        before = self._count(search)
        self.env["res.company"].create([{"name": f"Company {n}"} for n in range(5)])
        self._deliveries("more", 50)
        self._count(search)
        self.assertEqual(self._count(search), before)
