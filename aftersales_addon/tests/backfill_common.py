from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from .common import AftersalesCommon

MODULE = "odoo.addons.aftersales_addon.models.aftersales_backfill"


class Killed(BaseException):
    """Stands for a process that ends in the middle, with nothing cleaned up."""


class BackfillCommon(AftersalesCommon):
    """A past with deliveries that nobody took in yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Backfill = cls.env["aftersales.backfill"]
        cls.cron = cls.env.ref("aftersales_addon.aftersales_backfill_ir_cron")
        cls.env["ir.cron"].search([("id", "!=", cls.cron.id)]).active = False

    @contextmanager
    def _before_installation(self):
        """Deliveries in this block are done as if the addon was not there."""
        with patch.object(
            self.registry["stock.move"],
            "_aftersales_process_done",
            lambda moves, asset_vals=None: moves.env["aftersales.asset"],
        ):
            yield

    def _deliver_past(self, product, quantity=1.0, day="2025-03-10", **kwargs):
        with self._before_installation(), freeze_time(f"{day} 10:00:00"):
            move = self._deliver(product, quantity, **kwargs)
        self._set_date(move, f"{day} 10:00:00")
        return move

    def _return_past(self, move, quantity=1.0, day="2025-04-10", **kwargs):
        with self._before_installation(), freeze_time(f"{day} 10:00:00"):
            back = self._return(move, quantity, **kwargs)
        self._set_date(back, f"{day} 10:00:00")
        return back

    def _set_date(self, move, moment):
        move.date = datetime.fromisoformat(moment)
        move.flush_recordset()

    def _make_run(self, **vals):
        return self.Backfill.with_user(self.user_manager).create(
            {"date_from": "2025-01-01", **vals}
        )

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def _run(self, **vals):
        run = self._make_run(**vals)
        run.action_start()
        self._run_cron()
        return run
