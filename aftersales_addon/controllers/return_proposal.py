from odoo.exceptions import UserError
from odoo.http import request, route

from ..models.aftersales_rma_portal_mixin import RETURNS_URL
from .returns import RETURN_URL, AftersalesReturns

PROPOSAL_URL = f"{RETURN_URL}/proposal/<int(max=2147483647):proposal_id>"


class AftersalesReturnProposal(AftersalesReturns):
    """The customer's answer to a proposal."""

    def _get_own_proposal(self, rma_id, proposal_id, access_token):
        """Return the return and its proposal that the visitor may see, or None."""
        rma_sudo = self._get_own_return(rma_id, access_token)
        if not rma_sudo:
            return None, None
        proposals = rma_sudo.proposal_ids
        return rma_sudo, proposals.filtered(lambda p: p.id == proposal_id)

    @route(f"{PROPOSAL_URL}/accept", type="jsonrpc", auth="public", website=True)
    def portal_return_proposal_accept(
        self, rma_id, proposal_id, access_token=None, name=None, signature=None
    ):
        """Accept a proposal by a signature."""
        token = str(access_token or request.httprequest.args.get("access_token") or "")
        rma_sudo, proposal_sudo = self._get_own_proposal(rma_id, proposal_id, token)
        if not proposal_sudo:
            return {"error": request.env._("There is no such proposal.")}
        page = {"force_refresh": True, "redirect_url": rma_sudo.get_portal_url()}
        if proposal_sudo.state == "accepted":
            # The button was pressed twice.
            return page
        try:
            with request.env.cr.savepoint():
                proposal_sudo._accept(name, signature, self._get_author(rma_sudo))
        except UserError as error:
            return {"error": str(error)}
        return page

    @route(
        f"{PROPOSAL_URL}/decline",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_return_proposal_decline(
        self, rma_id, proposal_id, access_token=None, reason="", **kwargs
    ):
        """Decline a proposal."""
        rma_sudo, proposal_sudo = self._get_own_proposal(
            rma_id, proposal_id, access_token
        )
        if not rma_sudo:
            return self._refuse(RETURNS_URL)
        if proposal_sudo:
            try:
                with request.env.cr.savepoint():
                    proposal_sudo._decline(reason, self._get_author(rma_sudo))
            except UserError as error:
                request.session["aftersales_return_error"] = str(error)
        return request.redirect(rma_sudo.get_portal_url())
