from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from ..models.aftersales_contract_portal_mixin import CONTRACTS_URL, PAPER
from .portal_list import AftersalesPortalList, Listing

HISTORY = "my_contracts_history"
CONTRACT_URL = f"{CONTRACTS_URL}/<int(max=2147483647):contract_id>"


class AftersalesContracts(AftersalesPortalList):
    """The customer's own service contracts."""

    def _get_contracts_listing(self):
        """Return what the list of contracts shows."""

        def states(*names):
            return Domain("state", "in", names)

        return Listing(
            model="aftersales.contract",
            url=CONTRACTS_URL,
            template="aftersales_addon.portal_my_contracts",
            page_name="contracts",
            variable="contracts",
            history=HISTORY,
            domain=self._get_own_domain("aftersales.contract"),
            sortings={
                "date": {
                    "label": request.env._("Newest first"),
                    "order": "date_start desc, id desc",
                },
                "end": {
                    "label": request.env._("Ends first"),
                    "order": "date_end, id",
                },
                "name": {"label": request.env._("Title"), "order": "name, id desc"},
            },
            filters={
                "all": {"label": request.env._("All"), "domain": Domain.TRUE},
                "running": {
                    "label": request.env._("Running"),
                    "domain": states("running", "to_renew", "paused"),
                },
                "sign": {
                    "label": request.env._("Waiting for your signature"),
                    "domain": states("draft") & Domain("date_signed", "=", False),
                },
                "over": {
                    "label": request.env._("Ended"),
                    "domain": states("ended", "cancelled"),
                },
            },
            searches={
                "number": (
                    request.env._("Search in numbers"),
                    lambda text: Domain("number", "ilike", text),
                ),
                "name": (
                    request.env._("Search in titles"),
                    lambda text: Domain("name", "ilike", text),
                ),
                "product": (
                    request.env._("Search in products"),
                    self._get_contract_goods_domain,
                ),
            },
            groupings=self._get_status_grouping(),
        )

    def _get_contract_goods_domain(self, text):
        unit = Domain("asset_id", "any!", self._get_unit_domain(text))
        return Domain("line_ids", "any!", unit)

    @http.route(
        [CONTRACTS_URL, f"{CONTRACTS_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_contracts(self, **query):
        """Show the contracts of the customer's company."""
        return self._show_list(self._get_contracts_listing(), query)

    # --- One contract ---

    def _get_own_contract(self, contract_id, access_token):
        """Return the contract that the visitor may see, with all rights, or None."""
        contract = self._get_own_document(
            "aftersales.contract", contract_id, access_token
        )
        # An old link to what was taken back, or to a draft, shows nothing.
        if not contract or not contract._is_shown_to_customer():
            return None
        return contract

    @http.route(CONTRACT_URL, type="http", auth="public", website=True)
    def portal_contract(
        self, contract_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """Show one contract, on the page or on paper."""
        contract = self._get_own_contract(contract_id, access_token)
        if not contract:
            return self._refuse(CONTRACTS_URL)
        if report_type == "pdf":
            return self._show_report(
                model=contract,
                report_type="pdf",
                report_ref=PAPER,
                download=download,
            )
        values = self._get_page_view_values(
            contract,
            access_token,
            self._prepare_contract_values(contract),
            HISTORY,
            False,
            **kwargs,
        )
        return request.render("aftersales_addon.portal_contract", values)

    def _prepare_contract_values(self, contract):
        # Pages of other documents only for those who may open them by their own
        # rights: the key to a contract is no key to what else the customer has.
        def own(documents):
            mine = documents.with_env(request.env)
            if not mine.has_access("read"):
                mine = mine._filtered_access("read")
            return {document.id for document in mine}

        units = contract._get_portal_units()
        invoices = contract._get_portal_invoices()
        coming = contract._get_portal_visits(is_over=False)
        past = contract._get_portal_visits(is_over=True)
        return {
            "page_name": "contract",
            "contract": contract,
            "units": units,
            "unit_ids": own(units.asset_id),
            "coming": coming,
            "past": past,
            "visit_ids": own(coming | past),
            "invoices": invoices,
            "invoice_ids": own(invoices),
            "error": request.session.pop("aftersales_contract_error", ""),
            "thanks": request.session.pop("aftersales_contract_thanks", ""),
            "backend_url": "/odoo/action-aftersales_addon.aftersales_contract_action/"
            f"{contract.id}",
            "res_company": contract.company_id,
        }

    @http.route(f"{CONTRACT_URL}/sign", type="jsonrpc", auth="public", website=True)
    def portal_contract_sign(
        self, contract_id, access_token=None, name=None, signature=None
    ):
        """Sign a contract that was offered."""
        token = str(access_token or request.httprequest.args.get("access_token") or "")
        contract = self._get_own_contract(contract_id, token)
        if not contract:
            return {"error": request.env._("There is no such contract.")}
        page = {"force_refresh": True, "redirect_url": contract.get_portal_url()}
        if contract.date_signed:
            # The button was pressed twice.
            return page
        try:
            with request.env.cr.savepoint():
                contract._sign_on_portal(name, signature, self._get_author(contract))
        except UserError as error:
            return {"error": str(error)}
        request.session["aftersales_contract_thanks"] = "signed"
        return page
