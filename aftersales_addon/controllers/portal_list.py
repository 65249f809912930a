from typing import NamedTuple

from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

# So many neighbours can be stepped through from the page of a document.
HISTORY_SIZE = 100
# More than so many documents are not counted for the start page.
MOST_COUNTED = 99
# What the cards of the start page count.
COUNTERS = {
    "installed_product_count": "aftersales.asset",
    "service_case_count": "aftersales.case",
    "return_count": "aftersales.rma",
    "service_contract_count": "aftersales.contract",
    "service_visit_count": "aftersales.visit",
}


class Listing(NamedTuple):
    """What a page with a customer's documents shows, and how it can be searched."""

    model: str
    """The name of the model."""
    url: str
    """The address of the page."""
    template: str
    """The external id of the template."""
    page_name: str
    """The name of the page for the breadcrumbs."""
    variable: str
    """Under which name the template finds the documents."""
    history: str
    """Where the session keeps the neighbours of a document."""
    domain: Domain
    """What belongs to the customer."""
    sortings: dict
    """``{name: {"label", "order"}}``; the first one holds unless another is chosen."""
    filters: dict
    """``{name: {"label", "domain"}}``; the first one holds unless another is chosen."""
    searches: dict
    """``{name: (label, function that makes a domain of a text)}``."""
    groupings: dict = {}
    """``{name: {"label", "order", "key"}}``; the first one, without an order and a
    key, holds unless another is chosen. The key is a function that returns the title
    of a document's group."""


class AftersalesPortalList(CustomerPortal):
    """What all lists and pages of a customer's documents have in common."""

    # --- The start page ---

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for counter, model in COUNTERS.items():
            if counter in counters:
                values[counter] = self._count_for_home(model)
        return values

    def _count_for_home(self, model):
        """Return the number on a card of the start page, as text when it is large."""
        Model = request.env[model]
        if not Model.has_access("read"):
            return 0
        count = Model.search_count(self._get_own_domain(model), limit=MOST_COUNTED + 1)
        return count if count <= MOST_COUNTED else f"{MOST_COUNTED}+"

    # --- Lists ---

    def _get_own_domain(self, model):
        """Return the domain of what the customer finds of a kind of documents."""
        return Domain(
            request.env[model]._get_portal_domain(request.env.user.partner_id)
        )

    def _count_own_documents(self, model, domain):
        """Return how many documents the customer finds."""
        Model = request.env[model]
        return Model.search_count(domain) if Model.has_access("read") else 0

    def _show_list(self, listing, query, **more):
        """Show one page of a customer's documents.

        What nobody offered falls back to the first choice.

        :param listing: a ``Listing``
        :param dict query: the arguments of the address, as they came
        :param more: further values for the template
        """
        chosen = {
            name: self._choose(query.get(name), choices)
            for name, choices in (
                ("sortby", listing.sortings),
                ("filterby", listing.filters),
                ("groupby", listing.groupings),
            )
            if choices
        }
        search_in = str(query.get("search_in") or "")
        chosen["search_in"] = search_in if search_in in listing.searches else "all"
        chosen["search"] = str(query.get("search") or "").replace("\x00", "").strip()
        documents, pager = self._search_page(listing, chosen, query.get("page"))
        request.session[listing.history] = documents.ids[:HISTORY_SIZE]
        return request.render(
            listing.template,
            {
                **self._prepare_portal_layout_values(),
                **chosen,
                "page_name": listing.page_name,
                "default_url": listing.url,
                "pager": pager,
                listing.variable: documents,
                "groups": self._group_documents(listing, chosen, documents),
                "is_narrowed": self._is_narrowed(listing, chosen),
                "searchbar_sortings": listing.sortings,
                "searchbar_filters": listing.filters,
                "searchbar_groupby": listing.groupings,
                "searchbar_inputs": self._get_inputs(listing),
                **more,
            },
        )

    def _choose(self, name, choices):
        return name if name in choices else next(iter(choices))

    def _get_inputs(self, listing):
        everywhere = {"input": "all", "label": request.env._("Search everywhere")}
        return {
            "all": everywhere,
            **{
                name: {"input": name, "label": label}
                for name, (label, _make_domain) in listing.searches.items()
            },
        }

    def _search_page(self, listing, chosen, page):
        """Return one page of documents, with all rights, and the pager."""
        domain = listing.domain & listing.filters[chosen["filterby"]]["domain"]
        if chosen["search"]:
            domain &= self._get_text_domain(listing, chosen)
        order = listing.sortings[chosen["sortby"]]["order"]
        group = listing.groupings.get(chosen.get("groupby"), {}).get("order")
        if group:
            order = f"{group}, {order}"
        pager = portal_pager(
            url=listing.url,
            total=self._count_own_documents(listing.model, domain),
            page=self._to_page(page),
            step=self._items_per_page,
            url_args=chosen,
        )
        Model = request.env[listing.model]
        documents = Model
        if Model.has_access("read"):
            documents = Model.search(
                domain, order=order, limit=self._items_per_page, offset=pager["offset"]
            )
        # sudo: the names of what the customer's own documents are about.
        return documents.sudo(), pager

    def _group_documents(self, listing, chosen, documents):
        """Return what the table shows: titles and their documents, in order."""
        key = listing.groupings.get(chosen.get("groupby"), {}).get("key")
        if not key:
            return [("", documents)] if documents else []
        return list(documents.grouped(key).items())

    def _is_narrowed(self, listing, chosen):
        """Tell whether the customer has left out documents, by a word or a filter."""
        plain = next(iter(listing.filters))
        return bool(chosen["search"]) or chosen["filterby"] != plain

    def _get_text_domain(self, listing, chosen):
        """Return the domain for a text that the customer typed."""
        names = listing.searches
        if chosen["search_in"] in names:
            names = [chosen["search_in"]]
        return Domain.OR(listing.searches[name][1](chosen["search"]) for name in names)

    def _get_product_domain(self, text):
        """Return the domain of the products with a word."""
        # The names of products are looked up without access to them ("any!"): only
        # the customer's own documents are found by them.
        return Domain("name", "ilike", text) | Domain("default_code", "ilike", text)

    def _get_unit_domain(self, text):
        """Return the domain of the units with a word."""
        return Domain("serial_number", "ilike", text) | Domain(
            "product_id", "any!", self._get_product_domain(text)
        )

    def _get_status_grouping(self):
        """Return the choice to group documents by where they stand."""
        return {
            "none": {"label": request.env._("None")},
            "state": {
                "label": request.env._("Status"),
                "order": "state",
                "key": lambda document: document._get_portal_label(),
            },
        }

    def _to_page(self, page):
        """Return the number of a page, the first one for what is none."""
        return self._to_id(page) or 1

    def _to_id(self, text):
        """Return a number of the database that was sent as text, zero for none."""
        text = str(text or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    # --- One document ---

    def _get_own_document(self, model, res_id, access_token):
        """Return the document that the visitor may see, with all rights, or None."""
        token = str(access_token or "")
        if not token.isascii():
            token = ""  # such a token cannot even be compared
        try:
            return self._document_check_access(model, res_id, token or None)
        except (AccessError, MissingError):
            return None

    def _refuse(self, list_url):
        """Answer who may not see a document: a guest can log in, others find nothing.

        :param str list_url: where a guest goes on after a button of the page
        """
        if not request.env.user._is_public():
            raise request.not_found()
        path = request.httprequest.path
        if request.httprequest.method != "GET":
            path = list_url
        return request.redirect_query("/web/login", {"redirect": path})

    def _get_author(self, document):
        """Return who acts: the visitor, if the document is their company's."""
        user = request.env.user
        # Somebody else's link makes nobody else the author.
        if user._is_public() or not self._belongs_to_visitor(document.partner_id):
            return document.partner_id
        return user.partner_id

    def _belongs_to_visitor(self, partner):
        """Tell whether a contact is of the visitor's company, or of its branches."""
        own = request.env.user.partner_id.commercial_partner_id
        # sudo: only how contacts belong together is looked up.
        company = partner.sudo().commercial_partner_id
        while company and company != own:
            company = company.parent_id.commercial_partner_id
        return bool(company)
