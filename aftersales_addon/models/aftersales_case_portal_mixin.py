import re
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tools import plaintext2html
from odoo.tools.mimetypes import guess_mimetype

from ..tools.pictures import has_too_many_pixels
from .aftersales_rma_request_input_mixin import MAX_PHOTO_SIZE, PHOTO_TYPES
from .aftersales_stage import END_KINDS

CASES_URL = "/my/cases"
KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
MAX_SUBJECT = 150
MAX_DESCRIPTION = 5000
MAX_SERIAL = 64
MAX_FEEDBACK = 1000
MAX_FILES = 10
MAX_VIDEO_SIZE = 50 * 1024 * 1024
MAX_TOTAL_SIZE = 100 * 1024 * 1024
# Cases that one customer may make on the portal within a day.
MAX_PER_DAY = 30
# Units that the form offers; of more, the serial number is typed in.
MAX_UNITS = 200
RATINGS = {"5": 5, "3": 3, "1": 1}
VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/webm")
# What the boxes of a film of a phone begin with.
_MP4 = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1")
_MP4 += (b"M4V ", b"3gp4", b"3gp5", b"3gp6", b"MSNV", b"dash")


class AftersalesCasePortalMixin(models.AbstractModel):
    """What a customer sees of a case, and may do with it."""

    _name = "aftersales.case.portal.mixin"
    _inherit = ["aftersales.customer.page.mixin"]
    _description = "Service Case on the Portal"

    request_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of the form that was sent: sent twice, it makes one case.",
    )

    _request_key_unique = models.UniqueIndex(
        "(commercial_partner_id, request_key) WHERE request_key IS NOT NULL",
        "This case exists already.",
    )

    # --- What the customer reads ---

    @api.model
    def _get_portal_domain(self, partner):
        """Return the domain of what a customer finds on the portal.

        :param partner: ``res.partner`` who looks
        """
        return [
            *partner._aftersales_get_portal_domain(),
            ("is_spam", "=", False),
        ]

    def _get_portal_label(self):
        """Return where the case stands, in the customer's words."""
        self.ensure_one()
        return {
            "new": self.env._("Received"),
            "open": self.env._("We are working on it"),
            "waiting_customer": self.env._("Waiting for your answer"),
            "waiting_parts": self.env._("Waiting for parts"),
            "solved": self.env._("Solved"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _get_portal_steps(self):
        """Return what happened to the case, the first thing first.

        :return: a list of ``{"label", "date", "is_done"}``
        """
        self.ensure_one()
        steps = [
            (self.env._("You told us"), self.date_reported),
            (self.env._("Our first answer"), self.date_first_response),
        ]
        if self.state == "cancelled":
            steps.append((self.env._("Cancelled"), self.date_closed))
        elif self.state in END_KINDS:
            steps.append((self.env._("Solved"), self.date_solved))
            steps.append((self.env._("Closed"), self.date_closed))
        else:
            steps.append((self._get_portal_label(), False))
        return [
            {
                "label": label,
                "date": self._format_moment(moment),
                "is_done": bool(moment),
            }
            for label, moment in steps
        ]

    def _can_close_on_portal(self):
        self.ensure_one()
        return self.state not in ("closed", "cancelled") and not self.duplicate_of_id

    def _can_reopen_on_portal(self):
        self.ensure_one()
        return (
            self.state in ("solved", "closed")
            and not self.duplicate_of_id
            and not self._is_over_for_good(fields.Datetime.now())
        )

    def _get_own_rating(self):
        """Return the rating that the customer gave, may be empty."""
        self.ensure_one()
        # sudo: the page was opened by the customer's rights or by its key.
        return self.sudo().rating_ids.filtered("consumed").sorted("id")[-1:]

    def _can_rate_on_portal(self):
        self.ensure_one()
        return self.state in ("solved", "closed") and not self.duplicate_of_id

    # --- What the customer does ---

    def _close_on_portal(self, author):
        """Close the case for the customer, who says that it is settled.

        :param author: ``res.partner`` who did it
        """
        self.ensure_one()
        if not self._can_close_on_portal():
            return
        # sudo: the page was opened by the customer's rights or by its key.
        case = self.sudo()
        case._set_kind("closed")
        case._message_log(
            body=self.env._("Closed by the customer."), author_id=author.id
        )

    def _reopen_on_portal(self, author):
        """Take the case up again for the customer, who says that it is not solved.

        :param author: ``res.partner`` who did it
        """
        self.ensure_one()
        if not self._can_reopen_on_portal():
            return
        # sudo: as above.
        case = self.sudo()
        case.message_post(
            author_id=author.id,
            body=self.env._("This is not solved yet: I reopen the case."),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        if case.state in END_KINDS:
            case._set_kind("open")

    def _rate_on_portal(self, rate, feedback, author):
        """Keep how satisfied the customer is; rated again, the last word counts.

        :param str rate: one of ``RATINGS``
        :param str feedback: what the customer says about it
        :param author: ``res.partner`` who did it
        :return: whether it was kept
        """
        self.ensure_one()
        if rate not in RATINGS or not self._can_rate_on_portal():
            return False
        # sudo: as above.
        case = self.sudo()
        text = self.env["aftersales.registration"]._clean_text("note", feedback)
        rating = case._get_own_rating()
        if not rating:
            token = case._rating_get_access_token(author)
            rating = rating.search([("access_token", "=", token)], limit=1)
        case.rating_apply(RATINGS[rate], rating=rating, feedback=text[:MAX_FEEDBACK])
        return True

    # --- A new case ---

    @api.model
    def _get_request_units(self, partner, order=None):
        """Return the units that a customer may ask about, the newest first.

        :param partner: ``res.partner`` who asks
        :param order: ``sale.order``: only what it brought
        """
        domain = [
            ("commercial_partner_id", "=", partner.commercial_partner_id.id),
            ("state", "=", "in_use"),
        ]
        if order:
            domain.append(("sale_order_id", "=", order.id))
        # sudo: the customer's own units.
        Asset = self.env["aftersales.asset"].sudo()
        return Asset.search(
            domain, order="delivery_date desc, id desc", limit=MAX_UNITS
        )

    @api.model
    def _get_request_symptoms(self, company):
        """Return the symptoms that a customer can choose."""
        # sudo: a visitor without an account chooses one too.
        Reason = self.env["aftersales.reason"].sudo()
        return Reason.search(
            [("company_id", "in", [False, company.id]), ("is_defect", "=", True)]
        )

    @api.model
    def _find_request(self, key, customer):
        """Return the case that a form has made already, may be empty."""
        # sudo: the key was given to the customer with the form.
        cases = self.sudo()
        if not KEY.fullmatch(key):
            return cases.browse()
        owner = customer.commercial_partner_id
        return cases.search(
            [("request_key", "=", key), ("commercial_partner_id", "=", owner.id)],
            limit=1,
        )

    @api.model
    def _read_request(self, units, symptoms, post, uploads):
        """Return what a customer typed and chose, checked.

        :param units: ``aftersales.asset`` records to choose from
        :param symptoms: ``aftersales.reason`` records to choose from
        :param dict post: the fields of the form
        :param list uploads: the files
        :return: values and errors by field in words
        """
        clean = self.env["aftersales.registration"]._clean_text
        values = {
            "asset": units.filtered(lambda a: str(a.id) == str(post.get("asset_id"))),
            "reason": symptoms.filtered(
                lambda r: str(r.id) == str(post.get("reason_id"))
            ),
            "serial_number": clean("serial_number", post.get("serial_number")),
            "name": clean("name", post.get("name")),
            "description": clean("note", post.get("description")),
        }
        errors = {}
        for name, most in (
            ("serial_number", MAX_SERIAL),
            ("name", MAX_SUBJECT),
            ("description", MAX_DESCRIPTION),
        ):
            if len(values[name]) > most:
                errors[name] = self.env._("At most %s letters, please.", most)
        if post.get("asset_id") and not values["asset"]:
            errors["asset_id"] = self.env._("Choose one of your products.")
        if not values["name"]:
            errors["name"] = self.env._("Say in a few words what it is about.")
        if not values["description"]:
            errors["description"] = self.env._("Tell us what happens.")
        values["files"], error = self._read_files(uploads)
        if error:
            errors["files"] = error
        return values, errors

    @api.model
    def _read_files(self, uploads):
        """Return the photos and videos that a customer sent, checked by content.

        :param list uploads: the files
        :return: a list of ``(name, content)`` and the error in words
        """
        uploads = [upload for upload in uploads if upload.filename]
        if len(uploads) > MAX_FILES:
            return [], self.env._("At most %s photos and videos, please.", MAX_FILES)
        sizes = [upload.seek(0, 2) or upload.tell() for upload in uploads]
        # Nothing of this size is taken into memory to find out what it is.
        if any(size > MAX_VIDEO_SIZE for size in sizes):
            return [], self.env._("A video may have 50 MB at most, a photo 10 MB.")
        if sum(sizes) > MAX_TOTAL_SIZE:
            return [], self.env._("Together they may have 100 MB at most.")
        files = []
        for upload, size in zip(uploads, sizes, strict=True):
            upload.seek(0)
            content = upload.read()
            ending, is_video = self._guess_ending(content)
            if not ending:
                return [], self.env._(
                    "“%s” is no photo and no video. Send JPEG, PNG, WebP, MP4, MOV "
                    "or WebM.",
                    upload.filename[:60],
                )
            if not is_video and size > MAX_PHOTO_SIZE:
                return [], self.env._("A photo may have 10 MB at most.")
            number = len(files) + 1
            name = (
                self.env._("Video %s", number)
                if is_video
                else self.env._("Photo %s", number)
            )
            files.append((name + ending, content))
        return files, ""

    @api.model
    def _guess_ending(self, content):
        """Return the ending that fits a content, empty if it is not taken, and
        whether it is a video.
        """
        head = content[:16]
        if head[4:8] == b"ftyp" and head[8:12] == b"qt  ":
            return ".mov", True
        if head[4:8] == b"ftyp" and head[8:12] in _MP4:
            return ".mp4", True
        if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in content[:64]:
            return ".webm", True
        kind = not has_too_many_pixels(content) and guess_mimetype(content)
        return PHOTO_TYPES.get(kind, ""), False

    @api.model
    def _receive_request(self, source, values, key):
        """Make the case that a customer asks for, all of it or nothing.

        :param dict source: ``{"company", "customer", "order"}``, of guests "guest"
        :param dict values: from ``_read_request``
        :param str key: of the form
        :return: the case and the error in words; one of them is empty
        """
        company, customer = source["company"], source["customer"]
        # sudo: customers have no rights to write; what they sent was checked against
        # what they may see.
        Case = self.sudo().with_company(company)
        if Case._is_too_often(customer):
            return Case.browse(), self.env._(
                "You have made many cases today. Please write into one of them."
            )
        asset, reason = values["asset"], values["reason"]
        vals = {
            "company_id": company.id,
            "partner_id": customer.id,
            **source.get("guest", {}),
            "channel": "portal",
            "name": values["name"],
            "description": plaintext2html(values["description"]),
            "kind": "technical" if reason else "question",
            "reason_id": reason.id,
            "asset_id": asset.id,
            "serial_number": "" if asset else values["serial_number"],
            "request_key": key if KEY.fullmatch(key) else False,
        }
        if source["order"] and not asset.sale_order_id:
            vals["sale_order_id"] = source["order"].id
        try:
            with self.env.cr.savepoint():
                case = Case.create(vals)
                case.flush_recordset()
                case._attach_request_files(customer, values["files"])
        except (UserError, ValidationError) as error:
            return Case.browse(), str(error)
        except psycopg2.errors.UniqueViolation as error:
            # The same form arrives a second time just now: look again.
            raise ConcurrencyError(str(error)) from error
        case._confirm_receipt()
        return case, ""

    @api.model
    def _is_too_often(self, customer):
        since = fields.Datetime.now() - timedelta(days=1)
        owner = customer.commercial_partner_id
        return (
            self.search_count(
                [
                    ("commercial_partner_id", "=", owner.id),
                    ("channel", "=", "portal"),
                    ("create_date", ">=", since),
                ],
                limit=MAX_PER_DAY,
            )
            >= MAX_PER_DAY
        )

    def _attach_request_files(self, customer, files):
        """Show the photos and videos in the conversation."""
        self.ensure_one()
        if files:
            self.message_post(
                author_id=customer.id,
                body=self.env._("Photos and videos"),
                attachments=files,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
