"""The dashboard opens without an error: each of its data sources can be read."""

import json

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
    odoo_charts,
    odoo_view_links,
)


@tagged("post_install", "-at_install")
class TestDashboard(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(
            "aftersales_addon_spreadsheet.spreadsheet_dashboard_aftersales"
        )
        cls.data = json.loads(cls.dashboard.spreadsheet_data)
        cls.manager = new_test_user(
            cls.env, "sd_manager", groups="aftersales_addon.aftersales_group_manager"
        )

    def test_valid(self):
        """Models, fields and menus exist, as the platform checks it."""
        self.dashboard._check_spreadsheet_data()
        for model, chains in fields_in_spreadsheet(self.data).items():
            for chain in chains:
                field_model = model
                for name in chain.split("."):
                    field = self.env[field_model]._fields[name]
                    field_model = field.comodel_name or field_model
        for xml_id in menus_xml_ids_in_spreadsheet(self.data):
            self.assertTrue(self.env.ref(xml_id).action, xml_id)

    def test_filters_match(self):
        """Each filter reaches its sources by a path that exists."""
        filters = {f["id"]: f for f in self.data["globalFilters"]}
        sources = [
            *((p["model"], p) for p in self.data["pivots"].values()),
            *((x["model"], x) for x in self.data["lists"].values()),
            *((c["metaData"]["resModel"], c) for c in odoo_charts(self.data)),
        ]
        for model, source in sources:
            for filter_id, matching in source["fieldMatching"].items():
                field, names = None, matching["chain"].split(".")
                comodel = model
                for name in names:
                    field = self.env[comodel]._fields[name]
                    comodel = field.comodel_name
                self.assertEqual(field.type, matching["type"])
                if filters[filter_id]["type"] == "relation":
                    self.assertEqual(comodel, filters[filter_id]["modelName"])

    def test_who_runs_after_sales_reads_all(self):
        """The one who sees the dashboard may read each of its sources."""
        env = self.env(user=self.manager)
        for pivot in self.data["pivots"].values():
            measures = [m["id"] for m in pivot["measures"]]
            env[pivot["model"]].formatted_read_group(
                pivot["domain"],
                [row["fieldName"] for row in pivot["rows"]],
                ["__count" if m.startswith("__count") else m for m in measures],
            )
        for source in self.data["lists"].values():
            order = source["orderBy"][0]
            env[source["model"]].web_search_read(
                source["domain"],
                {name: {} for name in source["columns"]},
                order=f"{order['name']} {'asc' if order['asc'] else 'desc'}",
                limit=10,
            )
        for chart in odoo_charts(self.data):
            measure = chart["metaData"]["measure"]
            field = env[chart["metaData"]["resModel"]]._fields.get(measure)
            env[chart["metaData"]["resModel"]].formatted_read_group(
                chart["searchParams"]["domain"],
                chart["metaData"]["groupBy"],
                [f"{measure}:{field.aggregator}" if field else measure],
            )

    def test_each_figure_leads_to_its_records(self):
        figures = [f["id"] for f in self.data["sheets"][0]["figures"]]
        self.assertEqual(set(figures), set(self.data["chartOdooMenusReferences"]))
        for view in odoo_view_links(self.data):
            model = view["action"]["modelName"]
            self.env[model].with_user(self.manager).search_count(
                view["action"]["domain"], limit=1
            )
            self.env[model].get_view(view_type=view["viewType"])

    def test_cells_name_what_exists(self):
        """A formula names a source and a figure of it that exist."""
        cells = [c for s in self.data["sheets"] for c in s["cells"].values()]
        used = [c for c in cells if c.startswith("=PIVOT.VALUE(")]
        self.assertTrue(used)
        for cell in used:
            number, measure = cell[len("=PIVOT.VALUE(") : -1].split(",")
            ids = {m["id"] for m in self.data["pivots"][number]["measures"]}
            self.assertIn(measure.strip('"'), ids)
        for cell in cells:
            if cell.startswith("=ODOO.LIST("):
                number, _row, name = cell[len("=ODOO.LIST(") : -1].split(",")
                columns = self.data["lists"][number]["columns"]
                self.assertIn(name.strip('"'), columns)

    def test_for_managers_only(self):
        agent = new_test_user(
            self.env, "sd_agent", groups="aftersales_addon.aftersales_group_user_all"
        )
        found = self.env["spreadsheet.dashboard"].search([])
        self.assertIn(self.dashboard, found.with_user(self.manager).search([]))
        self.assertNotIn(self.dashboard, found.with_user(agent).search([]))
        self.dashboard.with_user(self.manager)._get_serialized_readonly_dashboard()
