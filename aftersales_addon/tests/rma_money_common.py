from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .rma_common import RmaCommon


class RmaMoneyCommon(RmaCommon, AccountTestInvoicingCommon):
    """Sold, invoiced and returned goods, with taxes."""

    @classmethod
    def get_default_groups(cls):
        # Whoever sets the company up; the steps under test are done by an agent.
        names = (
            "aftersales_addon.aftersales_group_manager",
            "sales_team.group_sale_manager",
            "stock.group_stock_manager",
            "base.group_system",
        )
        groups = super().get_default_groups()
        return groups.union(*(cls.env.ref(name) for name in names))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._make_tax("21 %", 21.0)
        # One customer gives back one thing after the other: no matter here.
        cls.company.aftersales_flag_returns = 0

    @classmethod
    def _make_tax(cls, name, amount, **vals):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _line(cls, product, quantity, price, **vals):
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "tax_ids": [Command.set(cls.vat.ids)],
            **vals,
        }

    def _return_and_refund(self, order, quantity, index=0, **line_vals):
        """Return a quantity of an order line and refund it; give the credit notes."""
        move = order.order_line[index].move_ids.filtered(
            lambda m: m._aftersales_is_delivery()
        )
        rma = self._rma({"move_id": move.id, "quantity": quantity, **line_vals})
        rma.action_approve()
        self._receive(rma)
        rma.action_refund()
        return rma

    def assert_amounts(self, refunds, untaxed, tax, total):
        self.assertAlmostEqual(sum(refunds.mapped("amount_untaxed")), untaxed)
        self.assertAlmostEqual(sum(refunds.mapped("amount_tax")), tax)
        self.assertAlmostEqual(sum(refunds.mapped("amount_total")), total)

    def _discount(self, order, percent):
        wizard = self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": percent / 100,
            }
        )
        wizard.action_apply_discount()

    def assert_is_invoice(self, refunds, invoice):
        self.assert_amounts(
            refunds, invoice.amount_untaxed, invoice.amount_tax, invoice.amount_total
        )
