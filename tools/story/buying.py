"""The first part: she buys a device, it fails, and she looks for help."""

import time

from .shop import ARTICLE, CLARA, CUSTOMER, PRODUCT

ADD_LINE = ".o_field_x2many_list_row_add a"
QUOTATIONS = "/odoo/sales"
DELIVERIES = "/odoo/deliveries"
HELP = "/aftersales/help"
PRESENT = "available_operator_ids"


def sale(scene) -> None:
    """A quotation, her signature, a delivery; she finds the unit on the portal."""
    _quote(scene)
    _accept(scene)
    deliver(scene, CUSTOMER, "delivery", "The warehouse delivers it by its number")
    clara = scene.who("clara")
    clara.open("/my/installed-products", "#wrap")
    clara.click("#wrap a", PRODUCT)
    clara.see("#wrap", "Two Years")
    scene.picture(clara, "unit", "Her unit and its warranty, on the portal")


def _quote(scene) -> None:
    """Sales makes the quotation and sends it."""
    sales = scene.who("sales")
    sales.open(f"{QUOTATIONS}/new", ".o_form_view")
    sales.choose("[name=partner_id]", CUSTOMER)
    sales.click(ADD_LINE, "Add a product")
    sales.choose(".o_selected_row [name^=product_]", PRODUCT)
    sales.see(".oe_subtotal_footer", "149.00")
    sales.click("button[name=action_quotation_send]")
    sales.click(".modal button", "Send")
    sales.gone(".modal")
    scene.picture(sales, "quotation", "A salesperson sends a quotation")


def _accept(scene) -> None:
    """The customer opens the link of the e-mail and signs."""
    clara = scene.who("clara")
    letter = scene.letter(CLARA, "Quotation")
    clara.follow(letter, "/mail/view", "#portal_sale_content, #quote_content")
    clara.click("a, button", "Accept")
    clara.see(".modal .o_web_sign_signature, .modal canvas")
    clara.click(".modal button", "Accept")
    clara.see("#wrap", "Thank You")
    scene.picture(clara, "signed", "She signs it")


def deliver(scene, customer: str, name: str, caption: str, tracking: str = "") -> None:
    """The warehouse sends what a customer has ordered."""
    warehouse = scene.who("warehouse")
    domain = [("partner_id.name", "=", customer), ("state", "=", "assigned")]
    domain.append(("picking_type_code", "=", "outgoing"))
    picking = scene.rpc.one("stock.picking", domain)["id"]
    warehouse.open(f"{DELIVERIES}/{picking}", "button[name=button_validate]")
    if tracking:
        warehouse.click(".o_notebook .nav-link", "Additional Info")
        warehouse.type("[name=carrier_tracking_ref] input", tracking)
    warehouse.click("button[name=button_validate]")
    warehouse.see(".o_arrow_button_current", "Done")
    scene.picture(warehouse, name, caption)


def fault(scene) -> None:
    """Weeks later it loses its connection; the help page does not help."""
    scene.pass_days(24)
    _staff_chat(scene)
    clara = scene.who("clara")
    clara.open(HELP, ".o_aftersales_help")
    clara.type("input[name=search]", "loses connection")
    clara.click("button", "Search")
    clara.see("[name=articles]", ARTICLE)
    scene.picture(clara, "help", "Weeks later she looks for help")
    clara.click("[name=articles] a", ARTICLE)
    clara.click("#answer button", "No")
    clara.see("[name=sorry] a[name=chat]")
    scene.picture(clara, "not-helped", "The steps did not solve it")


def _staff_chat(scene) -> None:
    """Somebody is at the desk: only then the chat is offered."""
    scene.who("agent").open("/odoo/discuss", ".o-mail-Discuss")
    until = time.monotonic() + 60
    domain = [("aftersales_on_help", "=", True)]
    while not scene.rpc.one("im_livechat.channel", domain, PRESENT)[PRESENT]:
        assert time.monotonic() < until, "the agent is not seen at the desk"
        time.sleep(0.3)
