from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractLife(ContractCommon):
    def test_start(self):
        contract = self._contract(date_start="2026-03-10")
        self.assertEqual(str(contract.date_end), "2027-03-09")
        contract.with_user(self.user_agent).action_start()
        self.assertEqual(contract.state, "running")
        self.assertEqual(str(contract.date_anchor), "2026-03-10")
        with self.assertRaisesRegex(UserError, "already"):
            contract.action_start()
        self.assertEqual(
            contract._get_units(contract.date_end).asset_id,
            contract.line_ids.asset_id,
        )
        visit = self._visit(contract.line_ids.asset_id, contract_id=contract.id)
        self.assertEqual(visit.state, "planned")
