from werkzeug.datastructures import FileStorage

from odoo import models
from odoo.http import request


def _clean(value):
    """Return what was sent as the pages can work with it."""
    if isinstance(value, str):
        # The database takes neither: half of a letter, and the end of a text.
        return value.encode("utf-8", "ignore").decode().replace("\x00", "")
    return value


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        # Our own pages, those of the bridges included.
        if endpoint.func.__module__.startswith("odoo.addons.aftersales_addon"):
            # A file that was sent under the name of a field is no text: the pages look
            # for files where files are.
            request.params = {
                name: _clean(value)
                for name, value in request.params.items()
                if not isinstance(value, FileStorage)
            }
        return super()._dispatch(endpoint)
