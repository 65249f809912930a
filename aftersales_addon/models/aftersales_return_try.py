from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import (
    SQL,
    email_normalize,
    hash_sign,
    hmac,
    urls,
    verify_hash_signed,
)

GUEST_URL = "/aftersales/return"
SCOPE = "aftersales_return"
LINK_HOURS = 72
# Tries that one network, and letters that one mailbox, may have within a day.
MAX_PER_VISITOR = 20
MAX_PER_EMAIL = 5


class AftersalesReturnTry(models.Model):
    """Somebody without an account asked for something: a link, or about a warranty.

    Kept for two days, to count: who asks and for what stays a hash.
    """

    _name = "aftersales.return.try"
    _description = "Try to Return an Order"
    _order = "id desc"

    visitor = fields.Char(required=True, readonly=True, index=True)
    mailbox = fields.Char(required=True, readonly=True, index=True)
    visitor_number = fields.Integer(
        readonly=True, help="Of the visitor's tries of that day, the how-manieth."
    )
    mailbox_number = fields.Integer(
        readonly=True, help="Of the tries of that day for the mailbox."
    )

    _visitor_once = models.UniqueIndex(
        "(visitor, visitor_number) WHERE visitor_number > 0"
    )
    _mailbox_once = models.UniqueIndex(
        "(mailbox, mailbox_number) WHERE mailbox_number > 0"
    )

    @api.model
    def _hash(self, text):
        # sudo: reads the secret of the database. Another hash each day.
        message = f"{fields.Date.today()}-{text}"
        return hmac(self.sudo().env, SCOPE, message)[:32]

    @api.model
    def _count(self, field, value, limit):
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: counts, no more.
        return self.sudo().search_count(
            [(field, "=", value), ("create_date", ">=", since)], limit=limit
        )

    @api.model
    def _may_ask(self, visitor, subject, most):
        """Note that somebody asks, unless it is too often; return whether they may.

        :param str visitor: where they come from
        :param str subject: what they ask about, or who answers are sent to
        :param most: how often a visitor, and how often about a subject, within a day
        """
        return self._take(self._hash(visitor), self._hash(subject), *most)

    @api.model
    def _take(self, visitor, mailbox, most_visitor, most_mailbox=None):
        """Note a try under numbers that nobody else has, as long as there are some.

        The database gives out each number once. Of two tries at the same moment the
        second waits for the first, and takes the next number: a count alone would let
        both pass.

        :param str visitor: a hash
        :param str mailbox: a hash
        :param int most_visitor: the last number of a visitor
        :param most_mailbox: the last number of a mailbox; None to count visitors only
        :return: whether there were numbers for both
        """
        numbers = {"visitor": self._count("visitor", visitor, most_visitor) + 1}
        most = {"visitor": most_visitor}
        if most_mailbox is not None:
            numbers["mailbox"] = self._count("mailbox", mailbox, most_mailbox) + 1
            most["mailbox"] = most_mailbox
        while all(numbers[of] <= most[of] for of in numbers):
            taken = self._insert(visitor, mailbox, numbers)
            if not taken:
                return True
            numbers[taken] += 1
        return False

    @api.model
    def _insert(self, visitor, mailbox, numbers):
        """Note a try; return whose number was taken already, "" for nobody's.

        :param dict numbers: ``{"visitor", "mailbox"}``, the second one if it counts
        """
        now = fields.Datetime.now()
        query = SQL(
            """
            INSERT INTO aftersales_return_try
                        (visitor, mailbox, visitor_number, mailbox_number,
                         create_uid, create_date, write_uid, write_date)
                 VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            *(visitor, mailbox, numbers["visitor"], numbers.get("mailbox")),
            *(self.env.uid, now, self.env.uid, now),
        )
        try:
            with self.env.cr.savepoint(flush=False):
                # That a number is taken is nothing for the log.
                self.env.cr.execute(query, log_exceptions=False)
        except UniqueViolation as error:
            of_visitor = "_visitor_" in error.diag.constraint_name
            return "visitor" if of_visitor else "mailbox"
        return ""

    @api.model
    def _ask(self, company, number, email, address):
        """Send the link to an order to the mailbox of its customer, if both fit.

        The caller answers the same, whatever happens here.

        :param company: ``res.company``
        :param str number: of the order
        :param str email: of the customer
        :param str address: where the visitor comes from
        :return: False when the visitor has tried too often
        """
        visitor = self._hash(f"v-{address}")
        mailbox = self._hash(f"m-{email_normalize(email) or email}")
        is_free = self._take(visitor, mailbox, MAX_PER_VISITOR, MAX_PER_EMAIL)
        # A mailbox that got enough letters gets no more, which nobody is told.
        if not is_free and not self._take(visitor, mailbox, MAX_PER_VISITOR):
            return False
        order = self._find_order(company, number, email)
        if order and is_free:
            order._aftersales_send_return_link(email_normalize(email))
        return True

    @api.model
    def _find_order(self, company, number, email):
        """Return the confirmed order of a number and a mailbox, may be empty."""
        # sudo: only the owner of the mailbox learns that there is such an order.
        orders = self.env["sale.order"].sudo()
        address = email_normalize(email)
        if not number or not address:
            return orders
        found = orders.search(
            [
                ("name", "=", number),
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
            ],
            limit=1,
        )
        partners = found.partner_id | found.partner_invoice_id
        partners |= found.partner_shipping_id | found.partner_id.commercial_partner_id
        known = address in partners.mapped("email_normalized")
        return found if known else orders

    @api.model
    def _sign_link(self, order, email):
        """Return the link that opens the form of an order, for some days.

        :param order: ``sale.order``
        :param str email: the mailbox it goes to
        """
        # sudo: reads the secret of the database.
        key = hash_sign(
            self.sudo().env, SCOPE, [order.id, email], expiration_hours=LINK_HOURS
        )
        return urls.urljoin(order.get_base_url(), f"{GUEST_URL}/order/{key}")

    @api.model
    def _read_key(self, key):
        """Return the order that a link was made for, may be empty."""
        orders = self.env["sale.order"].sudo()
        try:
            # sudo: reads the secret of the database.
            values = verify_hash_signed(self.sudo().env, SCOPE, key)
        except ValueError:
            values = None
        if not isinstance(values, list) or len(values) != 2:
            return orders
        # The mailbox has to be the customer's still.
        order = orders.browse(values[0]).exists()
        return self._find_order(order.company_id, order.name, values[1])

    @api.autovacuum
    def _gc_tries(self):
        """Forget tries that count no more."""
        before = fields.Datetime.now() - timedelta(days=2)
        stale = self.search([("create_date", "<", before)], limit=1000)
        stale.unlink()
        return len(stale), len(stale) == 1000
