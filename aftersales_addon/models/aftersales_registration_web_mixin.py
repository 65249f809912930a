import unicodedata
from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.tools import consteq, email_normalize, hash_sign, hmac, verify_hash_signed
from odoo.tools.mimetypes import guess_mimetype

from ..tools.pictures import has_too_many_pixels
from ..tools.qr import qr_png

URL = "/aftersales/register"
SCOPE = "aftersales_registration"
# What a person who owns the mailbox needs to follow the link, and no longer.
CONFIRM_HOURS = 72
MAX_FILES = 3
MAX_FILE_SIZE = 5 * 1024 * 1024
FILE_TYPES = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
# Letters, at most, that the public form takes in each field.
LIMITS = {
    "serial_number": 64,
    "product_text": 128,
    "partner_name": 128,
    "email": 254,
    "dealer": 128,
    "note": 2000,
}
# Registrations that one visitor, and one address, may send within a day.
MAX_PER_VISITOR = 30
MAX_PER_EMAIL = 5


class AftersalesRegistrationWebMixin(models.AbstractModel):
    """What the public page of the registration may do."""

    _name = "aftersales.registration.web.mixin"
    _description = "Registration on the Web"

    # A hash that cannot be traced to an address: it only counts the registrations
    # that come from the same place within a day.
    visitor = fields.Char(
        readonly=True, copy=False, index=True, groups="base.group_system"
    )

    # --- Links and QR codes ---

    @api.model
    def _get_url(self, company, product=None, number=None):
        """Return the address of the page where a unit is registered.

        :param company: ``res.company``
        :param product: ``product.product``, if it is known
        :param str number: the serial number, if it is known
        """
        args = {"company": company.id}
        if product:
            args["product"] = self._sign_product(product)
        if number:
            args["serial"] = number
        base = company.get_base_url()
        return f"{base}{URL}?{urlencode(args)}"

    @api.model
    def _get_qr(self, company, product=None, number=None):
        """Return the QR code of that address, as an image for a page."""
        image = qr_png(self._get_url(company, product, number))
        return f"data:image/png;base64,{image.decode()}"

    @api.model
    def _sign_product(self, product):
        """Return a key that names a product on the public page.

        Without it a stranger could read the names of all products by their numbers.
        """
        # sudo: reads the secret of the database.
        secret = hmac(self.sudo().env, SCOPE, f"product-{product.id}")
        return f"{product.id}-{secret[:20]}"

    @api.model
    def _read_product(self, key):
        """Return the product of a key from ``_sign_product``, may be empty."""
        # sudo: the key says that the name may be seen.
        Product = self.env["product.product"].sudo()
        number = str(key or "").partition("-")[0]
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return Product
        product = Product.browse(int(number))
        if not str(key).isascii() or not consteq(self._sign_product(product), str(key)):
            return Product
        return product.exists()

    def _get_confirm_url(self):
        """Return the link that proves that the customer has the mailbox."""
        self.ensure_one()
        # sudo: reads the secret of the database.
        key = hash_sign(
            self.sudo().env,
            SCOPE,
            [self.id, self.email_normalized],
            expiration_hours=CONFIRM_HOURS,
        )
        return f"{self.company_id.get_base_url()}{URL}/confirm/{key}"

    @api.model
    def _read_confirm_key(self, key):
        """Return the registration that a link was made for, may be empty."""
        try:
            # sudo: reads the secret of the database.
            values = verify_hash_signed(self.sudo().env, SCOPE, key)
        except ValueError:
            values = None
        if not isinstance(values, list) or len(values) != 2:
            return self.sudo().browse()
        # sudo: the key says that its holder got the e-mail.
        found = self.sudo().browse(values[0]).exists()
        return found.filtered(lambda r: r.email_normalized == values[1])

    # --- What a visitor sends ---

    @api.model
    def _clean_text(self, field, text):
        """Return a text without what only confuses: control and direction marks."""
        keep = "\n" if field == "note" else ""
        confusing = ("Cc", "Cf", "Cs", "Co")
        cleaned = "".join(
            char
            for char in str(text or "")
            if char in keep or unicodedata.category(char) not in confusing
        )
        cleaned = unicodedata.normalize("NFC", cleaned).strip()
        return cleaned if field == "note" else " ".join(cleaned.split())

    @api.model
    def _read_form(self, company, post, user_email=None):
        """Return what a visitor typed, checked.

        :param company: ``res.company``
        :param dict post: the fields of the form
        :param str user_email: of the user who is logged in
        :return: values and errors by field, both ``{name: text or date}``
        """
        values = {name: self._clean_text(name, post.get(name)) for name in LIMITS}
        if user_email:
            values["email"] = user_email
        errors = {}
        for name, limit in LIMITS.items():
            if len(values[name]) > limit:
                errors[name] = self.env._("At most %s letters, please.", limit)
        if not values["serial_number"]:
            errors["serial_number"] = self.env._("Type the number on the product.")
        if not user_email and not values["partner_name"]:
            errors["partner_name"] = self.env._("What is your name?")
        if not email_normalize(values["email"]):
            errors["email"] = self.env._("This is no complete e-mail address.")
        self._read_purchase_date(company, post, values, errors)
        return values, errors

    @api.model
    def _read_purchase_date(self, company, post, values, errors):
        values["purchase_date"] = False
        text = str(post.get("purchase_date") or "").strip()
        if not text:
            return
        try:
            day = fields.Date.to_date(text)
        except ValueError:
            errors["purchase_date"] = self.env._("Type the day like 2026-01-31.")
            return
        today = company._aftersales_today()
        if day > today:
            errors["purchase_date"] = self.env._("This day lies in the future.")
        elif day.year < today.year - 50:
            errors["purchase_date"] = self.env._("Check the year.")
        else:
            values["purchase_date"] = day

    @api.model
    def _read_files(self, files):
        """Return the proofs of purchase that a visitor sent, checked.

        What a file is follows from its content; its name and what the browser says
        are not trusted.

        :param list files: what was uploaded
        :return: a list of ``(name, content)`` and the error in words, may be empty
        """
        found = []
        for file in files:
            if not file.filename:
                continue
            if len(found) == MAX_FILES:
                return [], self.env._("At most %s files, please.", MAX_FILES)
            content = file.read(MAX_FILE_SIZE + 1)
            if len(content) > MAX_FILE_SIZE:
                return [], self.env._("A file may have 5 MB at most.")
            ending = FILE_TYPES.get(guess_mimetype(content))
            if not ending or has_too_many_pixels(content):
                return [], self.env._("Send a PDF or a picture (JPEG, PNG, WebP).")
            number = len(found) + 1
            found.append((self.env._("Proof %s", number) + ending, content))
        return found, ""

    @api.model
    def _hash_visitor(self, address):
        # sudo: reads the secret of the database. Another hash each day, so that it
        # tells nothing once the day is over.
        message = f"{fields.Date.today()}-{address}"
        return hmac(self.sudo().env, SCOPE, message)[:32]

    @api.model
    def _is_too_often(self, visitor):
        """Tell whether a visitor has sent more than anybody needs to."""
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: counts, no more.
        return (
            self.sudo().search_count(
                [("visitor", "=", visitor), ("create_date", ">=", since)],
                limit=MAX_PER_VISITOR,
            )
            >= MAX_PER_VISITOR
        )

    @api.model
    def _is_flooded(self, email):
        """Tell whether somebody fills the mailbox of somebody else."""
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: as above.
        return (
            self.sudo().search_count(
                [
                    ("email_normalized", "=", email_normalize(email)),
                    ("state", "=", "unconfirmed"),
                    ("create_date", ">=", since),
                ],
                limit=MAX_PER_EMAIL,
            )
            >= MAX_PER_EMAIL
        )

    @api.model
    def _receive(self, company, values, files, partner=None, visitor=None):
        """Take in what a visitor sent.

        A customer who is logged in is known. Whoever is not gets an e-mail with a
        link first, whatever was typed: so nobody learns from the answer what is
        known here about a number or an address.

        :param company: ``res.company``
        :param dict values: from ``_read_form``, with ``product_id``
        :param list files: from ``_read_files``
        :param partner: the customer who is logged in
        :return: the ``aftersales.registration``; empty when no more is taken
        """
        # sudo: guests have no rights here; what they may say was checked before.
        Registration = self.sudo().with_company(company)
        if not partner and self._is_flooded(values["email"]):
            return Registration.browse()
        registration = Registration.create(
            {
                **values,
                "company_id": company.id,
                "partner_id": partner.id if partner else False,
                "lang": self.env.lang,
                "visitor": visitor,
                "state": "new" if partner else "unconfirmed",
            }
        )
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": registration._name,
                    "res_id": registration.id,
                }
                for name, content in files
            ]
        )
        if partner:
            if not registration._needs_product():
                registration._settle()
        else:
            registration._send("mail_template_data_registration_confirm")
        return registration

    def _needs_product(self):
        """Tell whether the customer has to say which product is meant."""
        self.ensure_one()
        return not self.product_id and len(self._get_products()) > 1

    def _choose_product(self, key):
        """Take the customer's word for which of the products is meant.

        :param str key: from ``_sign_product``; another product is not taken
        :return: whether a product was chosen
        """
        self.ensure_one()
        product = self._read_product(key)
        if not product or product not in self._get_products():
            return False
        self.product_id = product
        return True

    @api.autovacuum
    def _gc_unconfirmed(self):
        """Forget registrations whose e-mail nobody confirmed."""
        before = fields.Datetime.now() - timedelta(days=7)
        stale = self.search(
            [("state", "=", "unconfirmed"), ("create_date", "<", before)], limit=1000
        )
        stale.unlink()
        return len(stale), len(stale) == 1000
