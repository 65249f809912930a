import re

from odoo import api, models
from odoo.tools.mimetypes import guess_mimetype

from ..tools.pictures import has_too_many_pixels

MAX_PHOTOS = 10
MAX_PHOTO_SIZE = 10 * 1024 * 1024
MAX_DESCRIPTION = 2000
PHOTO_TYPES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/heif": ".heif",
}
NUMBER = re.compile(r"\d{1,9}([.,]\d{1,6})?", re.ASCII)


class AftersalesRmaRequestInputMixin(models.AbstractModel):
    """What customers type and choose in the form of a return, checked."""

    _name = "aftersales.rma.request.input.mixin"
    _description = "Input of a Request of a Return"

    @api.model
    def _read_request(self, rows, company, post, uploads):
        """Return what a customer sent, checked against what they may choose.

        The reason, the wish and the photos are for all of it; each row may have its
        own instead, in fields that end with the key of the row.

        :param list rows: from ``_get_request_rows``
        :param dict post: the fields of the form
        :param dict uploads: lists of files by field
        :return: values ``{"lines", "description", "photos"}`` and errors by field in
            words; a line is ``{"row", "quantity", "reason", "remedy", "photos"}``
        """
        errors = {}
        lines = self._read_quantities(rows, post, errors)
        reasons = self._get_request_reasons(company)
        remedies = dict(self._get_request_remedies(rows))
        common = {
            "reason": self._find_reason(reasons, post.get("reason_id")),
            "remedy": str(post.get("remedy") or ""),
        }
        for line in lines:
            self._read_reason(line, common, reasons, post, errors)
            self._read_remedy(line, common, remedies, post, errors)
        text = self.env["aftersales.registration"]._clean_text(
            "note", post.get("description")
        )
        if len(text) > MAX_DESCRIPTION:
            errors["description"] = self.env._(
                "At most %s letters, please.", MAX_DESCRIPTION
            )
        photos = self._read_all_photos(lines, uploads, errors)
        return {"lines": lines, "description": text, "photos": photos}, errors

    @api.model
    def _find_reason(self, reasons, number):
        return reasons.filtered(lambda r: str(r.id) == str(number or ""))

    @api.model
    def _read_reason(self, line, common, reasons, post, errors):
        """Take in why the goods of a row come back."""
        field = f"reason_{line['row']['key']}"
        own = str(post.get(field) or "")
        line["reason"] = common["reason"]
        if own:
            line["reason"] = self._find_reason(reasons, own)
        if not line["reason"]:
            errors[field if own else "reason_id"] = self.env._(
                "Why do the goods come back?"
            )

    @api.model
    def _read_remedy(self, line, common, remedies, post, errors):
        """Take in what the customer would like for the goods of a row."""
        row = line["row"]
        field = f"remedy_{row['key']}"
        own = str(post.get(field) or "")
        line["remedy"] = own or common["remedy"]
        if not own and common["remedy"] not in remedies:
            errors["remedy"] = self.env._("What would you like?")
        elif line["remedy"] not in dict(self._get_request_remedies([row])):
            errors[field] = self.env._(
                "What you would like is not offered for this. Choose something else "
                "for it."
            )

    @api.model
    def _read_all_photos(self, lines, uploads, errors):
        """Take in the photos of the rows; return those that are for all of it."""
        left = MAX_PHOTOS
        groups = [(None, "photos")]
        groups += [(line, f"photos_{line['row']['key']}") for line in lines]
        common = []
        for line, field in groups:
            photos, error = self._read_photos(uploads.get(field) or [], left)
            if error:
                errors[field] = error
            left -= len(photos)
            if line:
                line["photos"] = photos
            else:
                common = photos
        for line in lines:
            row = line["row"]
            wanted = row["photo_required"] or line["reason"].photo_required
            if wanted and not line["photos"] and not common and "photos" not in errors:
                errors["photos"] = self.env._("Add a photo of the goods, please.")
        return common

    @api.model
    def _read_quantities(self, rows, post, errors):
        known = {f"qty_{row['key']}": row for row in rows}
        if any(
            name.startswith("qty_") and name not in known and str(value).strip()
            for name, value in post.items()
        ):
            errors["form"] = self.env._(
                "Something of this is not part of the delivery. Open the page again."
            )
        chosen = []
        for name, row in known.items():
            text = str(post.get(name) or "").strip()
            if not text:
                continue
            error, quantity = self._read_quantity(row, text)
            if error:
                errors[row["key"]] = error
            elif quantity:
                chosen.append({"row": row, "quantity": quantity})
        if not chosen and not errors:
            errors["form"] = self.env._("Which goods come back? Type in a quantity.")
        return chosen

    @api.model
    def _read_quantity(self, row, text):
        unit, available = row["unit"], row["available"]
        if not NUMBER.fullmatch(text):
            return self.env._("Type a number that is not negative."), 0.0
        quantity = float(text.replace(",", "."))
        if not quantity:
            return "", 0.0
        if not row["eligible"]:
            return row["reason"], 0.0
        if quantity > available and unit.compare(quantity, available) > 0:
            most = unit._aftersales_format(available)
            return self.env._("At most %s can come back.", most), 0.0
        if abs(unit.round(quantity) - quantity) > 1e-9 or unit.is_zero(quantity):
            return self.env._("%s cannot be split so far.", unit.name), 0.0
        return "", quantity

    @api.model
    def _read_photos(self, uploads, most=MAX_PHOTOS):
        """Return the photos that a customer sent, checked by their content.

        :param list uploads: the files
        :param int most: how many more there may be
        :return: a list of ``(name, content)`` and the error in words
        """
        photos = []
        for upload in uploads:
            if not upload.filename:
                continue
            if len(photos) >= most:
                return [], self.env._("At most %s photos, please.", MAX_PHOTOS)
            # The request may be tried again by the platform: from the beginning.
            upload.seek(0)
            content = upload.read(MAX_PHOTO_SIZE + 1)
            if len(content) > MAX_PHOTO_SIZE:
                return [], self.env._("A photo may have 10 MB at most.")
            ending = PHOTO_TYPES.get(guess_mimetype(content))
            if not ending or has_too_many_pixels(content):
                return [], self.env._("Send photos only (JPEG, PNG, WebP).")
            photos.append((self.env._("Photo %s", len(photos) + 1) + ending, content))
        return photos, ""
