import logging

from odoo import api, models

from .aftersales_case_gateway_mixin import is_automatic, is_automatic_answer

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """What machines answer makes no service case, and answers none.

    Cases are asked about an e-mail only when it comes over the address of a team. What
    comes over the catchall address, or from a mailbox that is fetched straight into
    cases, shows its headers nowhere but here.
    """

    _name = "mail.thread"
    _inherit = ["mail.thread"]

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        cases = [route for route in routes or () if route[0] == "aftersales.case"]
        if not cases or not is_automatic(message):
            return super()._message_route_process(message, message_dict, routes)
        if is_automatic_answer(message):
            # Nobody is helped by a case about somebody's holidays.
            dropped = [route for route in cases if not route[1]]
            routes = [route for route in routes if route not in dropped]
            if dropped:
                _logger.info(
                    "No service case for the automatic answer with Message-Id %s",
                    message_dict.get("message_id"),
                )
            if not routes:
                return False
        if any(route[0] == "aftersales.case" and route[1] for route in routes):
            # It is kept with its case, but nobody has written.
            message_dict["message_type"] = "out_of_office"
        return super()._message_route_process(message, message_dict, routes)
