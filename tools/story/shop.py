"""The shop of the story before it begins: people, a product, its supplier, its help."""

import base64

from ..paths import ROOT

DEMO = ROOT / "aftersales_addon" / "demo" / "images"
LOGO, PICTURE = DEMO / "company_logo.png", DEMO / "product_thermostat.png"
PRODUCT = "Smart Thermostat T3"
CUSTOMER = "Clara Jones"
CLARA = "clara@example.com"
# Sold to others before; the unit of the story; the one that replaces it.
EARLIER = [f"T3-{number}" for number in range(1001, 1025)]
BROKEN, NEW = "T3-2001", "T3-2002"
ARTICLE = "The thermostat loses its connection"
STEPS = (
    "Take the thermostat off the wall and put it back after ten seconds.",
    "Move it, or the router, so that there are at most two walls between them.",
    "In the app, choose “Connect again” and wait for the green light.",
)
SYMPTOM = "Loses its connection"
# Nobody has more rights than the work takes.
STAFF = {
    "sales": ("Sam Miller", ["sales_team.group_sale_salesman"]),
    "agent": (
        "Ava Reed",
        [
            "aftersales_addon.aftersales_group_user_all",
            "im_livechat.im_livechat_group_user",
        ],
    ),
    "warehouse": (
        "Will Hart",
        [
            "stock.group_stock_user",
            "stock.group_production_lot",
            # Without it Odoo's own list of deliveries fails once carriers are used.
            "base.group_partner_manager",
        ],
    ),
    "buyer": ("Beth Lane", ["purchase.group_purchase_user"]),
    "manager": ("Martin Shaw", ["aftersales_addon.aftersales_group_manager"]),
}


def open_shop(scene) -> None:
    """Make all that is there before the customer comes."""
    rpc = scene.rpc
    _name_company(rpc, scene.address)
    for login, (name, groups) in STAFF.items():
        _hire(rpc, login, name, groups)
    product = _make_product(rpc)
    scene.facts["product"] = product
    _welcome_customer(rpc)
    _set_up_service(rpc, product)
    _receive(rpc, product, [*EARLIER, BROKEN, NEW])
    scene.pass_days(60)
    _sell_to_others(rpc, product)
    scene.pass_days(90)


def _name_company(rpc, address: str) -> None:
    """Give the company its name, its look and its address."""
    rpc.write(
        "res.company",
        1,
        name="BrightNest",
        email="hello@brightnest.example.com",
        street="12 Harbour Street",
        city="Bristol",
        country_id=rpc.ref("base.uk"),
        logo=base64.b64encode(LOGO.read_bytes()).decode(),
        stock_text_confirmation=False,
        has_received_warning_stock_sms=True,
        # The story may be played at any hour of the day.
        aftersales_quiet_from=0,
        aftersales_quiet_to=0,
    )
    rpc("ir.config_parameter", "set_param", "web.base.url", address)
    rpc("ir.config_parameter", "set_param", "web.base.url.freeze", "True")


def _hire(rpc, login: str, name: str, groups: list[str]) -> int:
    """Make a log-in with the least rights for a part of the story."""
    return rpc(
        "res.users",
        "create",
        [
            {
                "name": name,
                "login": login,
                "password": login,
                "email": f"{login}@brightnest.example.com",
                "tz": "Europe/London",
                "group_ids": [(6, 0, [rpc.ref(group) for group in groups])],
            }
        ],
        context={"no_reset_password": True},
    )[0]


def _welcome_customer(rpc) -> None:
    """Make the customer, with a log-in on the portal."""
    partner = rpc.create(
        "res.partner",
        name=CUSTOMER,
        email=CLARA,
        phone="+44 117 496 0123",
        street="7 Garden Lane",
        city="Bath",
        zip="BA1 1AA",
        country_id=rpc.ref("base.uk"),
        tz="Europe/London",
    )
    rpc(
        "res.users",
        "create",
        [
            {
                "partner_id": partner,
                "login": "clara",
                "password": "clara",
                "tz": "Europe/London",
                "group_ids": [(6, 0, [rpc.ref("base.group_portal")])],
            }
        ],
        context={"no_reset_password": True},
    )


def _make_product(rpc) -> int:
    """Make the device, its vendor, its warranty and some stock; return its id."""
    vendor = rpc.create(
        "res.partner", name="Nordlicht Devices", email="claims@nordlicht.example.com"
    )
    policy = rpc.create(
        "aftersales.warranty.policy",
        name="Two Years",
        kind="manufacturer",
        duration=24,
        line_ids=[
            (0, 0, {"item": item, "share": 100})
            for item in ("parts", "labour", "shipping")
        ],
    )
    return rpc.create(
        "product.product",
        name=PRODUCT,
        type="consu",
        is_storable=True,
        tracking="serial",
        image_1920=base64.b64encode(PICTURE.read_bytes()).decode(),
        list_price=149.0,
        standard_price=61.0,
        taxes_id=[(5,)],
        aftersales_policy_ids=[(6, 0, [policy])],
        seller_ids=[
            (
                0,
                0,
                {
                    "partner_id": vendor,
                    "price": 61.0,
                    "aftersales_duration": 24,
                    "aftersales_parts_share": 100,
                    "aftersales_shipping_share": 100,
                },
            )
        ],
    )


def _set_up_service(rpc, product: int) -> None:
    """Make the symptom, the policy, the article, the chat and the rule."""
    symptom = rpc.create(
        "aftersales.reason",
        name=SYMPTOM,
        fault="product",
        is_defect=True,
        shipping_payer="company",
    )
    returns = rpc.create(
        "aftersales.return.policy",
        name="30 Days",
        allow_advance=True,
        shipping_cost=6.5,
        handling_cost=4.0,
        instructions="<p>Put the thermostat into the box of the new one.</p>",
    )
    rpc.write("res.company", 1, aftersales_return_policy_id=returns)
    rpc.create(
        "aftersales.article",
        name=ARTICLE,
        kind="steps",
        is_published=True,
        keywords="offline, wireless, app, router",
        reason_ids=[(6, 0, [symptom])],
        body="<p>Most thermostats find their way back after these steps.</p>",
        step_ids=[
            (0, 0, {"sequence": number, "text": f"<p>{text}</p>"})
            for number, text in enumerate(STEPS, 1)
        ],
    )
    rpc.create(
        "aftersales.team",
        name="Service Desk",
        cost_hour=36.0,
        ask_rating=True,
        ask_nps=True,
    )
    agent = rpc.one("res.users", [("login", "=", "agent")])["id"]
    rpc.create(
        "im_livechat.channel",
        name="BrightNest",
        user_ids=[(6, 0, [agent])],
        aftersales_on_help=True,
        button_text="Chat with us",
    )
    rule = rpc.ref("aftersales_addon.aftersales_followup_rule_replacement")
    # Weeks pass by moving days, which changes weekdays: no day is waited for.
    rpc.write("aftersales.followup.rule", rule, on_workday=False, hour=0)
    rpc("aftersales.followup.rule", "action_switch_on_anyway", [rule])


def _receive(rpc, product: int, numbers: list[str]) -> None:
    """Buy units from the supplier, and take them in."""
    info = rpc.one(
        "product.supplierinfo", [("aftersales_duration", ">", 0)], "partner_id"
    )
    order = rpc.create(
        "purchase.order",
        partner_id=info["partner_id"][0],
        order_line=[(0, 0, {"product_id": product, "product_qty": len(numbers)})],
    )
    rpc("purchase.order", "button_confirm", [order])
    move = rpc.one(
        "stock.move",
        [("purchase_line_id.order_id", "=", order)],
        "picking_id",
        "location_id",
        "location_dest_id",
    )
    line = {
        "product_id": product,
        "quantity": 1,
        "picking_id": move["picking_id"][0],
        "location_id": move["location_id"][0],
        "location_dest_id": move["location_dest_id"][0],
    }
    lines = [(0, 0, {**line, "lot_name": number}) for number in numbers]
    rpc.write("stock.move", move["id"], move_line_ids=[(5,), *lines], picked=True)
    rpc("stock.picking", "button_validate", move["picking_id"][:1])


def _sell_to_others(rpc, product: int) -> None:
    """Units that have been at work for a while, so that a rate says something."""
    hotel = rpc.create("res.partner", name="Harbour View Hotel", is_company=True)
    order = rpc.create(
        "sale.order",
        partner_id=hotel,
        order_line=[(0, 0, {"product_id": product, "product_uom_qty": len(EARLIER)})],
    )
    rpc("sale.order", "action_confirm", [order])
    picking = rpc.one("stock.picking", [("sale_id", "=", order)])["id"]
    rpc("stock.picking", "button_validate", [picking])
