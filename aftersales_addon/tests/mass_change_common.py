from freezegun import freeze_time

from odoo.fields import Command

from .common import AftersalesCommon

RUN = "odoo.addons.aftersales_addon.models.aftersales_mass_change_run_mixin"


class MassChangeCommon(AftersalesCommon):
    """A hundred locks, and helpers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lock.aftersales_policy_ids = cls.policy_12
        cls.cron = cls.env.ref("aftersales_addon.aftersales_mass_change_ir_cron")
        cls.env["ir.cron"].search([("id", "!=", cls.cron.id)]).active = False

    def _deliver_locks(self, *numbers, day="2026-01-10", product=None, **kwargs):
        product = product or self.lock
        with freeze_time(f"{day} 10:00:00"):
            lots = self._make_lots(product, *numbers)
            return self._assets(self._deliver(product, lots=lots, **kwargs))

    def _make(self, **vals):
        vals.setdefault("product_ids", [Command.set(self.lock.ids)])
        values = {"name": "Batteries", "kind": "goodwill", "count": 6, **vals}
        Change = self.env["aftersales.mass.change"].with_user(self.user_manager)
        return Change.create(values)

    def _range(self, first, last, **vals):
        return self._make(number_from=first, number_to=last, **vals)

    def _ends(self, assets):
        return assets.warranty_ids.mapped("date_end")

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
