from markupsafe import Markup

from odoo import http
from odoo.http import request
from odoo.tools import file_open

from odoo.addons.web.controllers import webmanifest

FOLDER = "aftersales_addon/static/src/service_worker"


def _read(name):
    with file_open(f"{FOLDER}/{name}") as file:
        return file.read()


class AftersalesServiceWorker(webmanifest.WebManifest):
    """Technicians reload the page of a visit where there is no line."""

    def _get_service_worker_content(self):
        content = super()._get_service_worker_content()
        if request.env.user._is_internal():
            content += _read("visit_worker.js")
        return content

    @http.route()
    def offline(self):
        """Show the visits that the browser keeps on the page without a line."""
        response = super().offline()
        # Our own file: the page is kept by the browser and must have all in it.
        response.qcontext["aftersales_script"] = Markup(_read("offline_page.js"))
        return response
