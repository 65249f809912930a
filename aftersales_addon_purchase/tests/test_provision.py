"""Credits of suppliers in the figures of provisions."""

from freezegun import freeze_time

from odoo.tests import tagged

from .common import VendorCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestProvision(VendorCommon):
    def test_credit_comes_back(self):
        self.policy_24.write(
            {"aftersales_provision_type": "amount", "aftersales_provision_amount": 9}
        )
        Entry = self.env["aftersales.provision.entry"]
        asset = self._make_unit("S1")
        claim = self._make_claim(asset, parts=2, labour=3)
        claim.action_mark_sent()
        claim.action_accept()
        Entry._update_figures(self.company)
        entries = [("asset_id", "=", asset.id), ("kind", "=", "recovered")]
        self.assertFalse(Entry.search(entries), "promised, not credited")
        note = self.env["account.move"].browse(
            claim.action_create_credit_note()["res_id"]
        )
        note.invoice_date = "2026-06-20"
        note.action_post()
        Entry._update_figures(self.company)
        self.assertEqual(Entry.search(entries).mapped("amount"), [125.0])
        self.assertEqual(Entry._update_figures(self.company), 0)
        note.button_draft()
        Entry._update_figures(self.company)
        self.assertEqual(sum(Entry.search(entries).mapped("amount")), 0.0)
