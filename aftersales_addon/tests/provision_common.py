from freezegun import freeze_time

from odoo.fields import Command, Date

from .repair_common import RepairCommon


class ProvisionCommon(RepairCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Entry = cls.env["aftersales.provision.entry"]
        cls.policy = cls._policy()
        cls.policy.write(
            {"aftersales_provision_type": "percent", "aftersales_provision_rate": 2.5}
        )
        cls.lock.aftersales_policy_ids = cls.policy
        cls.sensor.aftersales_policy_ids = cls.policy
        cls.part.standard_price = 80.0
        cls.labour.standard_price = 40.0

    def _at(self, moment):
        """Let it be a moment in UTC, noon of a day for one, until the test ends."""
        freezer = freeze_time(moment if ":" in moment else f"{moment} 12:00:00")
        freezer.start()
        self.addCleanup(freezer.stop)

    def _order(self, product, quantity=1.0, price=400.0, **line_vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "pricelist_id": line_vals.pop("pricelist", False),
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": False,
                            **line_vals,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _sell_sensors(self, quantity=1.0, price=400.0, **line_vals):
        """Sell and deliver goods without numbers; return the unit."""
        self._put_in_stock(self.sensor, quantity)
        order = self._order(self.sensor, quantity, price, **line_vals)
        order.picking_ids.button_validate()
        return order.order_line.aftersales_asset_ids

    def _moves(self, asset):
        return [
            (e.kind, Date.to_string(e.date), e.amount)
            for e in self.Entry.search([("asset_id", "=", asset.id)], order="id")
        ]

    def _update(self):
        return self.Entry._update_figures(self.company)

    def _period(self, month):
        period = self.env["aftersales.provision.period"].create({"date_from": month})
        period.action_compute()
        return period

    def _figures(self, record):
        names = ("opening", "issued", "estimate", "settled", "released", "topped_up")
        return tuple(record[name] for name in (*names, "closing"))

    def _repair_done(self, asset, service=True):
        repair = self._repair(asset, [(self.part, 1)], aftersales_asset_id=asset.id)
        repair.action_validate()
        if service:
            repair.action_create_sale_order()
            self._add_service(repair)
        repair.action_repair_start()
        repair.move_ids.quantity = 1
        repair.move_ids.picked = True
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        return repair
