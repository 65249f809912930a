"""All routes of the application, found from the map of the server."""

import re
import threading
from unittest.mock import patch
from urllib.parse import quote

from odoo import http

from .exposure_common import ExposureCommon

OURS = "odoo.addons.aftersales_addon"
PLACE = re.compile(r"<(\w+)(?:\([^)]*\))?:(\w+)>")


class RoutesCommon(ExposureCommon):
    """Knows the routes, and sends requests to them as a browser does."""

    @classmethod
    def _routes(cls):
        """Return the rules of all routes that are ours, new ones as well."""
        # The server says on its threads which database they work for.
        thread = threading.current_thread()
        with patch.object(thread, "dbname", cls.env.cr.dbname, create=True):
            rules = list(cls.env["ir.http"].routing_map().iter_rules())
        return sorted(
            (rule for rule in rules if rule.endpoint.func.__module__.startswith(OURS)),
            key=lambda rule: rule.rule,
        )

    def _places(self, rule):
        """Return ``{name: kind}`` of what stands in the path of a route."""
        return {name: kind for kind, name in PLACE.findall(rule.rule)}

    def _path(self, rule, values):
        return PLACE.sub(lambda m: quote(str(values[m[2]]), safe=""), rule.rule)

    def _is_json(self, rule):
        return rule.endpoint.routing["type"] == "jsonrpc"

    def _takes(self, rule, method):
        return not rule.methods or method in rule.methods

    def _log_in_as(self, user):
        login = user.login if user else None
        self.authenticate(login, login)

    def _csrf(self):
        return http.Request.csrf_token(self)
