"""Plans, contracts and visits for the tests."""

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from .case_common import CaseCommon


class ContractCommon(CaseCommon):
    """A fee to invoice, and units at Anna's.

    Users, each with the least rights of the role: ``user_agent`` (own contracts),
    ``user_agent_all``, ``user_manager``, ``user_technician``, ``user_sale``,
    ``user_accountant`` (invoices only), ``user_internal``, and ``user_portal``, who is
    the customer.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee = cls.env["product.product"].create(
            {
                "name": "Maintenance Fee",
                "type": "service",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
            }
        )
        cls.user_accountant = new_test_user(
            cls.env, "as_accountant", groups="account.group_account_invoice"
        )
        cls.user_portal = new_test_user(
            cls.env,
            "as_portal_customer",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )

    @classmethod
    def _plan(cls, services=None, **vals):
        """A plan over a year with a monthly fee and two visits a year.

        ``services`` is a list of values; an empty list for none.
        """
        if services is None:
            services = [{}]
        return cls.env["aftersales.plan"].create(
            {
                "name": "Full Care",
                "company_id": cls.company.id,
                "service_ids": [
                    Command.create({"name": "Maintenance", **service})
                    for service in services
                ],
                **vals,
            }
        )

    @classmethod
    def _contract(cls, plan=None, units=None, price=100.0, running=False, **vals):
        """A contract with a fee line, and a line for each unit.

        :param units: the units; ``None`` for a new one, an empty recordset for none
        :param float price: of the fee, or of each unit under a price for units
        :param bool running: start it
        """
        plan = plan or cls._plan()
        partner = cls.env["res.partner"].browse(
            vals.setdefault("partner_id", cls.customer.id)
        )
        if units is None:
            units = cls._unit(partner=partner)
        if "line_ids" not in vals:
            vals["line_ids"] = cls._contract_lines(plan, units, price)
        contract = cls.env["aftersales.contract"].create(
            {
                "plan_id": plan.id,
                "company_id": cls.company.id,
                "user_id": cls.user_agent.id,
                **vals,
            }
        )
        if running:
            contract.action_start()
        return contract

    @classmethod
    def _contract_lines(cls, plan, units, price):
        priced = {"product_id": cls.fee.id, "price_unit": price}
        each = plan.price_basis == "unit"
        lines = [
            Command.create(
                {
                    "name": unit.display_name,
                    "asset_id": unit.id,
                    **(priced if each else {}),
                }
            )
            for unit in units
        ]
        if plan.price_basis == "contract":
            lines.insert(0, Command.create({"name": cls.fee.name, **priced}))
        return lines

    @classmethod
    def _unit(cls, product=None, day=None, partner=None, count=1):
        """Units with serial numbers at a customer's.

        :param day: the day of the delivery, as text; today if not given
        """
        product = product or cls.lock
        product.product_tmpl_id.aftersales_policy_ids = cls.policy_12
        names = []
        for _number in range(count):
            CaseCommon._serials += 1
            names.append(f"UNIT-{CaseCommon._serials:05d}")
        lots = [lot for lot in cls._make_lots(product, *names)]
        if not day:
            return cls._assets(cls._deliver(product, lots=lots, partner=partner))
        with freeze_time(f"{day} 10:00:00"):
            return cls._assets(cls._deliver(product, lots=lots, partner=partner))

    @classmethod
    def _visit(cls, units=None, **vals):
        """A planned visit.

        :param units: the units it is for; ``None`` for none
        """
        contract = cls.env["aftersales.contract"].browse(vals.get("contract_id"))
        return cls.env["aftersales.visit"].create(
            {
                "company_id": cls.company.id,
                "partner_id": contract.partner_id.id or cls.customer.id,
                "line_ids": [
                    Command.create({"asset_id": unit.id}) for unit in units or []
                ],
                **vals,
            }
        )

    def _run_nightly(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_addon.aftersales_contract_ir_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    # --- The nightly job ---
