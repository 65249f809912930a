"""All public and portal pages, looked at for those who see, hear or move otherwise.

axe-core runs in a browser at the size of a phone and of a desk; nothing of ours may
have a serious or critical fault.
"""

import time

import pytest

from tools import axe, browser
from tools.screenshots import server
from tools.screenshots.chromium import chromium

SIZES = {"phone": (390, 844, True), "desk": (1366, 768, False)}
# The demo's customer with a log-in.
CUSTOMER = "customer"
# What the platform draws around our pages: a rule and the place where it is not asked,
# with the reason.
PLATFORM = (
    # The cards of the portal's home show a pictogram beside their name; the platform's
    # template gives it no text, neither ours nor its own.
    ("image-alt", ".o_portal_icon"),
    # The switch of languages in the footer has the colour of the platform's theme.
    ("color-contrast", "footer"),
    # The bar over each list of the portal has buttons with a picture only.
    ("button-name", ".o_portal_navbar, .o_portal_search_panel"),
    # The messages under a document are a component of the platform.
    ("color-contrast", "#chatterRoot"),
    ("image-alt", "#chatterRoot"),
    # The page that thanks for a rating is the platform's, with its own frame.
    ("label", "form[action^='/rate/'] textarea"),
    ("html-has-lang", "html:has(form[action^='/rate/'])"),
)
# Finds the pages, as the customer and as somebody with the links of e-mails.
SCRIPT = """
from odoo.tools import urls
user = env["res.users"].search([("login", "=", %r)])
partner = user.partner_id
company = partner.commercial_partner_id
env.company.aftersales_registration = "automatic"

def own(model, *domain):
    found = env[model].search(
        [("commercial_partner_id", "=", company.id), *domain], order="id")
    assert found, (model, domain)
    return found

order = env["sale.order"].search(
    [("partner_id", "child_of", company.id), ("state", "=", "sale")], limit=1)
units = own("aftersales.asset")
unit = units.filtered(lambda a: a.state == "in_use" and a.is_serial)[:1]
machine = units.filtered(lambda a: a._takes_readings())[:1] or unit
returns = env["aftersales.rma"].search([("partner_id", "child_of", company.id)])
cases, contracts = own("aftersales.case"), own("aftersales.contract")
contract = contracts.filtered(lambda c: c._get_request_services())[:1]
visits = own("aftersales.visit")
articles = env["aftersales.article"].search([("is_published", "=", True)])
steps = articles.filtered("step_ids")[:1]
picking = units.picking_id[:1]
nps = env["aftersales.nps"].create({"partner_id": partner.id})
rule = env["aftersales.followup.rule"].search([], limit=1)
followup = env["aftersales.followup"].create({
    "rule_id": rule.id, "res_model": unit._name, "res_id": unit.id,
    "date_planned": "2030-01-07", "partner_id": partner.id, "access_token": "a" * 32,
    "occurrence": 99000 + env["aftersales.followup"].search_count([])})
registration = env["aftersales.registration"].create({
    "serial_number": "AX-1", "email": "ax@example.com", "state": "unconfirmed"})
link = env["aftersales.return.try"]._sign_link(
    order, order.partner_id.email_normalized or company.email_normalized)

def path(url):
    return "/" + url.split("/", 3)[3] if "://" in url else url

case_rating = cases[:1]._rating_get_access_token(partner) if cases else ""
answer({
    "public": [
        "/aftersales/help", "/aftersales/help?search=zzz",
        *[a.url for a in (articles[:1] | steps)],
        "/aftersales/warranty", "/aftersales/register", "/aftersales/return",
        "/aftersales/case",
        path(link), "/aftersales/return/order/x",
        path(registration._get_confirm_url()), "/aftersales/register/confirm/x",
        "/aftersales/nps/" + nps.access_token,
        "/aftersales/nps/" + nps.access_token + "?score=9",
        "/aftersales/stop/" + followup.access_token,
        "/my/installed-products/delivery/" + units._sign_delivery(picking),
        path(unit._get_share_url()), path(returns[:1]._get_share_url()),
        "/rate/%%s/5" %% case_rating,
    ],
    "customer": [
        "/my", "/my/installed-products", "/my/installed-products?search=zzz",
        "/my/returns", "/my/cases", "/my/contracts", "/my/visits?filterby=all",
        unit.access_url, machine.access_url, unit.access_url + "/help",
        unit.access_url + "/return", unit.access_url + "/pass-on",
        "/my/orders/%%s/return" %% order.id, "/my/orders/%%s/help" %% order.id,
        "/my/cases/new", *[c.access_url for c in cases[:3]],
        *[r.access_url for r in returns[:3]],
        *[c.access_url for c in contracts[:3]],
        *([contract.access_url + "/visit"] if contract else []),
        *[v.access_url for v in visits[:3]],
        *[v.access_url + "/time" for v in visits if not v._explain_no_time()][:1],
        "/aftersales/register",
    ],
    "question": [unit.serial_number, unit.sale_order_id.name],
})
"""


def look_at(tab, name: str) -> list[str]:
    """Return the faults of the page that is shown, in words, at both sizes."""
    found = []
    for size, shape in SIZES.items():
        tab.resize(*shape)
        time.sleep(0.3)  # what slides in or out has come to rest
        for node in axe.violations(tab, PLATFORM):
            place = f"{name} ({size}): {node['rule']} at {node['target']}"
            found.append(f"{place}: {node['html']} {node['why']}")
    return found


def look_at_all(tab, address: str, pages: dict) -> list[str]:
    """Return the faults of all pages."""
    found = []
    for page in pages["public"]:
        tab.open(address + page)
        found += look_at(tab, page)
    found += ask_for_a_warranty(tab, address, pages["question"])
    server.log_in(tab, address, CUSTOMER)
    for page in pages["customer"]:
        tab.open(address + page)
        found += look_at(tab, page)
    return found


def ask_for_a_warranty(tab, address: str, question: list[str]) -> list[str]:
    """Return the faults of the answers of the warranty check."""
    found = []
    for serial, fact in (question, ("x", "y")):
        tab.open(f"{address}/aftersales/warranty")
        tab.evaluate(
            f"document.querySelector('#serial').value = {serial!r};"
            f"document.querySelector('#fact').value = {fact!r};"
            "document.querySelector('#fact').form.submit(); 0"
        )
        tab.wait("document.querySelector('[name=answer], [name=nothing]')")
        found += look_at(tab, f"the warranty of {serial}")
    return found


@pytest.fixture
def pages(instance):
    """A database with the demo, and the addresses of its pages."""
    browser.ensure()
    made = instance("addon", demo=True)
    return made, made.script(SCRIPT % CUSTOMER)


def test_no_page_has_a_serious_fault(pages):
    """At both sizes, as a guest and as a customer."""
    made, addresses = pages
    assert len(addresses["public"]) > 15 and len(addresses["customer"]) > 20
    with made.serve() as web, chromium() as tab:
        found = look_at_all(tab, web.url, addresses)
    assert not found, "\n".join(found)
