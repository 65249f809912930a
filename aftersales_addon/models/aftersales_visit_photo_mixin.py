import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools.mimetypes import guess_mimetype

from ..tools.pictures import has_too_many_pixels
from .aftersales_rma_request_input_mixin import MAX_PHOTO_SIZE, PHOTO_TYPES

# Of one check, and of a visit as a whole.
MAX_PHOTOS = 20


class AftersalesVisitPhotoMixin(models.AbstractModel):
    """Photos that technicians take, checked by their content."""

    _name = "aftersales.visit.photo.mixin"
    _description = "Photos of a Visit"
    # The field with the record that the photos belong to; empty: the record itself.
    _photo_folder = ""

    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)

    @api.constrains("photo_ids")
    def _check_photos(self):
        for record in self:
            # sudo: only how many, how large, and what kind of file.
            photos = record.sudo().photo_ids
            if len(photos) > MAX_PHOTOS:
                raise ValidationError(
                    self.env._("At most %s photos, please.", MAX_PHOTOS)
                )
            for photo in photos:
                record._check_owner(photo)
                record._check_photo(photo.raw or b"")

    def _check_owner(self, photo):
        """Refuse files of other documents: the report would show them to anybody."""
        folder = self[self._photo_folder] if self._photo_folder else self
        places = {(folder._name, folder.id), (self._name, self.id)}
        is_own = photo.create_uid == self.env.user and not photo.res_id
        if not is_own and (photo.res_model, photo.res_id) not in places:
            raise ValidationError(
                self.env._("%s belongs to another document.", photo.display_name)
            )

    @api.model
    def _check_photo(self, content):
        """Refuse what is too large, or no photo.

        :param bytes content: of the file
        :return: the ending of the name
        """
        if len(content) > MAX_PHOTO_SIZE:
            raise ValidationError(self.env._("A photo may have 10 MB at most."))
        ending = PHOTO_TYPES.get(guess_mimetype(content, ""))
        if not ending:
            raise ValidationError(
                self.env._("This is no photo. Use JPEG, PNG, WebP or HEIC.")
            )
        if has_too_many_pixels(content):
            raise ValidationError(
                self.env._("This photo is too large: 50 megapixels at most.")
            )
        return ending

    @api.model
    def _read_picture(self, data):
        """Return the bytes of a picture that came as base64.

        :param str data: with or without the head of a data URL
        """
        text = str(data or "")
        if len(text) > MAX_PHOTO_SIZE * 4 // 3 + 1024:
            raise UserError(self.env._("A photo may have 10 MB at most."))
        if text.startswith("data:"):
            text = text.partition(",")[2]
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return b""

    def _add_photo(self, data):
        """Add a photo to the record.

        :param str data: the picture in base64
        :return: the ``ir.attachment``
        :raises UserError: for what is no photo, too large, or one too many
        """
        self.ensure_one()
        content = self._read_picture(data)
        ending = self._check_photo(content)
        folder = self[self._photo_folder] if self._photo_folder else self
        # sudo: whoever may work on the visit may add to its photos.
        number = len(self.sudo().photo_ids) + 1
        if number > MAX_PHOTOS:
            raise UserError(self.env._("At most %s photos, please.", MAX_PHOTOS))
        photo = self.env["ir.attachment"].create(
            {
                "name": self.env._("Photo %s", number) + ending,
                "raw": content,
                "res_model": folder._name,
                "res_id": folder.id,
            }
        )
        self.photo_ids = [Command.link(photo.id)]
        return photo
