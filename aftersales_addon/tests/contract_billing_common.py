"""What of a contract is invoiced, when, and for which days."""

from datetime import date, timedelta

from .contract_common import ContractCommon

DAY = timedelta(days=1)


def day(text):
    return date.fromisoformat(text)


class BillingCommon(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(services=[])

    @classmethod
    def _start(cls, start, price=100.0, **vals):
        """A running contract with a fee, without installed products."""
        plan = vals.pop("plan", cls.plan)
        units = cls.env["aftersales.asset"]
        vals.setdefault("billing_from", start)
        contract = cls._contract(
            plan, units=units, price=price, date_start=start, **vals
        )
        contract._set_running()
        return contract

    def _bills(self, contract, kind="charge"):
        bills = contract.bill_ids.filtered(lambda b: b.kind == kind)
        return [
            (str(b.date_first), str(b.date_last), b.amount)
            for b in bills.sorted("date_first")
        ]

    def _get_notes(self, contract):
        messages = self.env["mail.message"].search(
            [("model", "=", contract._name), ("res_id", "=", contract.id)]
        )
        return " ".join(messages.mapped("body"))

    def _run_job(self, contract):
        """What the nightly job does, without its commits."""
        domain = contract._get_due_domain() & contract._get_due_domain()
        contract._invoice_batch(contract.filtered_domain(domain), domain)
