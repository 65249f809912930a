import base64
import binascii

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

MAX_NAME = 100
MAX_SIGNATURE = 1024 * 1024
PICTURES = ("image/png", "image/jpeg")


class AftersalesSignatureMixin(models.AbstractModel):
    """Names and signatures as customers send them, checked."""

    _name = "aftersales.signature.mixin"
    _description = "Document with a Signature"

    @api.model
    def _read_signature(self, signature):
        """Return a signature that is a picture, as it is stored.

        :param str signature: in base64
        :raises UserError: when it is none
        """
        try:
            content = base64.b64decode(str(signature or ""), validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if not content:
            raise UserError(self.env._("Please sign."))
        if len(content) > MAX_SIGNATURE or guess_mimetype(content) not in PICTURES:
            raise UserError(self.env._("This signature is not a picture. Sign again."))
        return base64.b64encode(content)

    @api.model
    def _read_signer(self, name):
        """Return the name of who signs.

        :param str name: as it was typed
        :raises UserError: when there is none
        """
        clean = self.env["aftersales.registration"]._clean_text("name", name)
        if not clean:
            raise UserError(self.env._("Please type your name."))
        return clean[:MAX_NAME]
