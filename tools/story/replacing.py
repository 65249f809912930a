"""The third part: a new unit goes out, the old one comes back, its maker pays."""

from .buying import deliver
from .label import make_label
from .shop import BROKEN, CLARA, CUSTOMER, NEW, PRODUCT

WAY_BACK, WAY_OUT = "RB 4711 0815 GB", "JD 2002 4242 GB"
RETURNS = "/odoo/returns"
CLAIMS = "/odoo/supplier-claims"
MAKER = "claims@nordlicht.example.com"
STATE = ".o_arrow_button_current"


def decide(scene) -> None:
    """Two clicks: the old unit comes back, a new one leaves."""
    agent = scene.who("agent")
    before = agent.clicks
    agent.click("button[name=action_replace]")
    agent.see(".modal [name=continues]", "Two Years")
    scene.picture(agent, "replace", "The first click: replace")
    agent.click(".modal button[name=action_replace]")
    agent.see(STATE, "Approved")
    scene.facts["clicks"] = agent.clicks - before
    scene.facts["return"] = int(agent.path().rpartition("/")[2])
    scene.picture(agent, "approved", "The second: the return is approved")


def parcels(scene) -> None:
    """She gets the label, and follows both parcels; the new one has the old term."""
    agent, clara = scene.who("agent"), scene.who("clara")
    agent.upload("[name=return_label] input[type=file]", make_label(scene, WAY_BACK))
    agent.save()
    letter = scene.letter(CLARA, "approved")
    clara.read(letter)
    scene.picture(clara, "label", "She gets the label")
    clara.follow(letter, "/my/returns/", "#tracking_ref")
    clara.type("#tracking_ref", WAY_BACK)
    clara.click("button", "Save")
    clara.see("[data-direction=in]", WAY_BACK)
    deliver(
        scene, CUSTOMER, "replacement", "The new one is on its way", tracking=WAY_OUT
    )
    scene.letter(CLARA, "On its way to you")
    clara.open(clara.path(), "[data-direction=out]")
    clara.see("[data-direction=out]", WAY_OUT)
    scene.picture(clara, "parcels", "She follows both parcels")
    clara.open("/my/installed-products", "#wrap")
    clara.click("tr a, .card a", PRODUCT)
    clara.see("#wrap", NEW)
    scene.picture(clara, "term", "The new unit has what was left of the term")


def inspection(scene) -> None:
    """The old unit arrives, is found defective, and is claimed from its supplier."""
    warehouse, buyer = scene.who("warehouse"), scene.who("buyer")
    page = f"{RETURNS}/{scene.facts['return']}"
    warehouse.open(page, "button[name=action_view_receipts]")
    warehouse.click("button[name=action_view_receipts]", "Receive")
    warehouse.click("button[name=button_validate]")
    warehouse.see(STATE, "Done")
    warehouse.open(page, "button[name=action_inspect]")
    warehouse.click("button[name=action_inspect]")
    warehouse.click(".modal .o_data_row [name=findings]")
    warehouse.type(".modal .o_selected_row [name=findings] textarea", "Radio is dead")
    scene.picture(warehouse, "inspection", "The old one is inspected")
    warehouse.click(".modal button[name=action_confirm]")
    warehouse.gone(".modal")
    buyer.open(CLAIMS, ".o_list_view, .o_kanban_view")
    buyer.click(".o_data_row td", BROKEN)
    buyer.click("button[name=action_send]")
    buyer.click(".modal button", "Send")
    buyer.see(STATE, "Sent")
    scene.letter(MAKER)
    scene.picture(buyer, "claim", "It is claimed from the supplier")
