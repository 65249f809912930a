from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestRefusal(RepairCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls._unit("2026-01-10")
        cls.Refusal = cls.env["aftersales.refusal"].with_user(cls.user_agent)

    def _assess(self, day="2026-03-01"):
        request = {"asset": self.asset, "date": day}
        return self.env["aftersales.assessment"]._make([request])

    def _refuse(self, assessment, ground, cause=None, **vals):
        return self.Refusal.create(
            {
                "assessment_id": assessment.id,
                "ground": ground,
                "cause": cause,
                **vals,
            }
        )

    def test_others_parts_need_a_cause(self):
        """16 CFR 700.10(c): what they caused may be refused, nothing else."""
        assessment = self._assess()
        for cause in (None, "", "   "):
            with (
                self.assertRaisesRegex(ValidationError, "does not end the warranty"),
                self.cr.savepoint(),
            ):
                self._refuse(assessment, "unauthorised", cause)
        refusal = self._refuse(assessment, "unauthorised", "12 V battery burnt it.")
        self.assertEqual(refusal.user_id, self.user_agent)
        self.assertTrue(assessment.is_refused)

    @mute_logger("odoo.sql_db")
    def test_the_database_says_so_too(self):
        refusal = self._refuse(self._assess(), "unauthorised", "Burnt.")
        for cause in ("", None):
            with self.assertRaisesRegex(Exception, "needs_cause"), self.cr.savepoint():
                self.cr.execute(
                    "UPDATE aftersales_refusal SET cause = %s WHERE id = %s",
                    (cause, refusal.id),
                )

    def test_covered_units_need_findings(self):
        assessment = self._assess()
        for ground in ("misuse", "damage", "other"):
            with (
                self.assertRaisesRegex(ValidationError, "is covered"),
                self.cr.savepoint(),
            ):
                self._refuse(assessment, ground)
        with self.assertRaisesRegex(ValidationError, "no reason"):
            self._refuse(assessment, "expired", "Too old")
        self._refuse(assessment, "no_defect")

    def test_expired(self):
        assessment = self._assess("2029-01-01")
        self.assertEqual(assessment.state, "none")
        self._refuse(assessment, "expired")

    @freeze_time("2026-06-01")
    def test_the_customer_pays_and_pays_not(self):
        """The refusal prices the repair; withdrawing it prices it back."""
        repair = self._repair(self.asset, [(self.part, 1)])
        repair.action_create_sale_order()
        part = self._line(repair, self.part)
        self.assertEqual(part.price_subtotal, 0.0)
        refusal = self._refuse(
            repair.aftersales_assessment_id, "damage", "Fell from the roof."
        )
        self.assertEqual(part.price_subtotal, 200.0)
        self.assertIn(
            "Fell from the roof", repair.aftersales_assessment_id.message_ids[0].body
        )
        refusal.action_withdraw()
        self.assertFalse(repair.aftersales_assessment_id.is_refused)
        self.assertEqual(part.price_subtotal, 0.0)
        with self.assertRaisesRegex(UserError, "already"):
            refusal.action_withdraw()

    def test_it_stands_as_given(self):
        refusal = self._refuse(self._assess(), "misuse", "Under water.")
        with self.assertRaisesRegex(UserError, "Withdraw"):
            refusal.cause = "Something else."

    def test_evidence_is_kept_with_it(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_agent)
            .create({"name": "photo.png", "raw": b"x"})
        )
        refusal = self._refuse(
            self._assess(), "misuse", "Under water.", attachment_ids=file.ids
        )
        self.assertEqual((file.res_model, file.res_id), (refusal._name, refusal.id))
        self.assertTrue(file.with_user(self.user_technician).read(["raw"]))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_rights(self):
        self.asset.user_id = self.user_manager
        assessment = self._assess()
        with self.assertRaises(AccessError):
            self._refuse(assessment, "misuse", "Not my unit.")
        for user in (self.user_sale, self.user_stock, self.user_internal):
            with self.assertRaises(AccessError):
                self.Refusal.with_user(user).create(
                    {
                        "assessment_id": assessment.id,
                        "ground": "misuse",
                        "cause": "x",
                    }
                )
