from odoo import models


class AftersalesContractHookMixin(models.AbstractModel):
    """What the steps of a contract call, for the topics that have to follow.

    Nothing happens here: planning, invoices and coverage fill it. Each method works
    on a batch, may be called twice, and runs with the rights of the system, because
    whoever starts or ends a contract may have no rights on what follows from it.
    """

    _name = "aftersales.contract.hook.mixin"
    _description = "What Follows from the Steps of a Contract"

    # --- Visits ---

    def _plan_visits(self):
        """Make the visits that are missing, and take back those not promised any more.

        Called at the start, after a renewal, and whenever units, services or terms
        of a running contract changed.
        """

    def _stop_planning(self, last_day):
        """Take back what is planned after the last day and nobody confirmed.

        :param date last_day: the last day of the contract, included
        """

    def _pause_planning(self, day):
        """Hold back what is planned from a day on.

        :param date day: the first day without service
        """

    def _resume_planning(self, day):
        """Go on with what was held back.

        :param date day: the first day with service again
        """

    # --- Invoices ---

    def _sync_billing(self):
        """Bring what is to be invoiced in line with lines and terms.

        Called at the start, after a renewal, and whenever lines or terms of a
        running contract changed.
        """

    def _stop_billing(self, last_day):
        """Invoice nothing after the last day, and credit what was paid for it.

        :param date last_day: the last day of the contract, included
        """

    def _pause_billing(self, day):
        """Invoice nothing from a day on.

        :param date day: the first day that is not charged
        """

    def _resume_billing(self, day):
        """Invoice again.

        :param date day: the first day that is charged again
        """

    def _renew_prices(self, day):
        """Set the prices of the term that begins.

        :param date day: the first day of the new term
        """

    def _get_renewal_price(self, line, day):
        """Return the price of a line for one billing period of the next term.

        :param line: an ``aftersales.contract.line``
        :param date day: the first day of the next term
        """
        return line.price_unit

    def _is_billed(self):
        """Tell whether anything of the contract was invoiced."""
        self.ensure_one()
        return False

    def _get_invoice_key(self):
        """Return what contracts must have in common to share an invoice."""
        self.ensure_one()
        return ()

    # --- Coverage ---

    def _sync_coverage(self):
        """Bring the warranty layers of the units in line with the contract."""

    # --- Before a step ---

    def _get_start_error(self):
        """Return why the contract cannot start and what to do, or False."""
        self.ensure_one()
        return False
