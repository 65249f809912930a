"""Two people with the same return at the same moment, on connections of their own.

A third connection holds the rows that both need until both of them wait for it: what
follows is no matter of luck.
"""

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest

SET_UP = """
company = env.company
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
policy = env["aftersales.return.policy"].create({"name": "30 days", "window_days": 30})
company.aftersales_return_policy_id = policy
reason = env["aftersales.reason"].create({"name": "Changed my mind"})
product = env["product.product"].create(
    {"name": "Sensor", "type": "consu", "is_storable": True, "list_price": 10})
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 100)
partner = env["res.partner"].create({"name": "Anna"})
order = env["sale.order"].create({
    "partner_id": partner.id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 10})],
})
order.action_confirm()
order.picking_ids.with_context(skip_sms=True).button_validate()
move = order.picking_ids.move_ids
assert move.state == "done"
invoice = order._create_invoices()
invoice.action_post()

def ask(quantity):
    return env["aftersales.rma"].create({
        "partner_id": partner.id,
        "line_ids": [(0, 0, {"move_id": move.id, "quantity": quantity,
                             "reason_id": reason.id})],
    })

def receive(picking, quantity):
    picking.move_ids.write({"quantity": quantity, "picked": True})
"""
# Holds rows until two others wait for them.
HOLD = """
import time
env.cr.execute("SELECT id FROM {table} WHERE id IN ({ids}) FOR UPDATE")
env.cr.execute("SELECT pg_advisory_lock({key})")
for _second in range(200):
    env.cr.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
    if env.cr.fetchone()[0] >= 2:
        break
    time.sleep(0.1)
env.cr.rollback()
env.cr.execute("SELECT pg_advisory_unlock({key})")
"""
KEY = 190004
HELD = (
    "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
    f" WHERE locktype = 'advisory' AND objid = {KEY} AND datname = current_database()"
)
OPEN_PICKINGS = (
    "SELECT count(*) FROM stock_picking WHERE aftersales_rma_id IS NOT NULL"
    " AND state NOT IN ('done', 'cancel')"
)
RETURNS = (
    "SELECT r.state, l.quantity_received::int, l.quantity_refunded::int"
    " FROM aftersales_rma r JOIN aftersales_rma_line l ON l.rma_id = r.id ORDER BY r.id"
)
CREDITED = (
    "SELECT coalesce(sum(quantity), 0)::int FROM account_move_line"
    " WHERE aftersales_refunded_line_id IS NOT NULL AND parent_state <> 'cancel'"
)
ORDERED = (
    "SELECT qty_delivered::int, qty_invoiced::int FROM sale_order_line ORDER BY id"
)


@pytest.fixture
def shop(instance):
    return instance("addon")


def call(web, model, method, ids):
    """Press a button; return what it was refused with, empty when it was not."""
    try:
        web.rpc("admin")(model, method, ids)
    except xmlrpc.client.Fault as fault:
        if "marshal None" in fault.faultString:
            return ""  # done: only its answer has no form in this protocol
        return fault.faultString
    return ""


def at_once(shop, web, held, *calls):
    """Press two buttons at the same moment; return what each was refused with."""
    table, ids = held
    text = HOLD.format(table=table, ids=", ".join(map(str, ids)), key=KEY)
    holder = shop.start_script(text)
    limit = time.monotonic() + 60
    while shop.sql(HELD) != ["1"]:
        assert time.monotonic() < limit and holder.poll() is None
        time.sleep(0.1)
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda x: call(web, *x), calls))
    assert holder.wait(60) == 0, holder.log.read_text()
    return answers


def test_two_requests_for_six_of_ten(shop):
    """One passes, the other is told what is left, however often it is tried again."""
    move, first, second = shop.script(
        SET_UP + "answer([move.id, ask(6).id, ask(6).id])"
    )
    calls = [("aftersales.rma", "action_request", [x]) for x in (first, second)]
    with shop.serve() as web:
        answers = at_once(shop, web, ("stock_move", [move]), *calls)
        assert sorted(map(bool, answers)) == [False, True], answers
        refusal = next(filter(None, answers))
        assert "4 are left" in refusal and "Lower the quantity" in refusal
        again = [call(web, *x) for x in calls]
        assert all(again), again
    states = sorted(shop.sql("SELECT state FROM aftersales_rma"))
    assert states == ["draft", "requested"]
    left = shop.script(
        f"move = env['stock.move'].browse({move})\n"
        "answer(sum(move._aftersales_get_returnable()[move].values()))"
    )
    assert left == 4


def test_approve_while_cancelling(shop):
    """Whoever is first: it ends cancelled, with no receipt left to wait for."""
    move, rma = shop.script(
        SET_UP + "rma = ask(6)\nrma.action_request()\nanswer([move.id, rma.id])"
    )
    with shop.serve() as web:
        approve, cancel = at_once(
            shop,
            web,
            ("aftersales_rma", [rma]),
            ("aftersales.rma", "action_approve", [rma]),
            ("aftersales.rma", "action_cancel", [rma]),
        )
    assert not cancel, cancel
    assert not approve or "cancelled" in approve, approve
    assert shop.sql(RETURNS) == ["cancelled|0|0"]
    assert shop.sql(OPEN_PICKINGS) == ["0"]
    moves = shop.sql(
        "SELECT state FROM stock_move WHERE aftersales_rma_line_id IS NOT NULL"
    )
    assert set(moves) <= {"cancel"}
    left = shop.script(
        f"move = env['stock.move'].browse({move})\n"
        "answer(sum(move._aftersales_get_returnable()[move].values()))"
    )
    assert left == 10


HALF_RECEIVED = (
    SET_UP
    + """
rma = ask(6)
rma.action_approve()
receive(rma.picking_ids, 3)
rma.picking_ids.with_context(skip_backorder=True).button_validate()
rest = rma.picking_ids.filtered(lambda p: p.state == "assigned")
receive(rest, 3)
answer([rma.id, rma.line_ids.id, rest.id])
"""
)


def test_receive_while_refunding(shop):
    """What comes meanwhile is refunded or waits: nothing twice, nothing lost."""
    rma, line, picking = shop.script(HALF_RECEIVED)
    refund = ("aftersales.rma", "action_refund", [rma])
    with shop.serve() as web:
        answers = at_once(
            shop,
            web,
            ("aftersales_rma_line", [line]),
            ("stock.picking", "button_validate", [picking]),
            refund,
        )
        assert answers == ["", ""]
        credited = int(shop.sql(CREDITED)[0])
        assert credited in (3, 6)
        assert shop.sql(RETURNS) == [f"approved|6|{credited}"]
        rest = call(web, *refund)
        assert bool(rest) == (credited == 6), rest
        assert call(web, *refund), "all was refunded"
    assert shop.sql(CREDITED) == ["6"]
    assert shop.sql(RETURNS) == ["approved|6|6"]
    assert shop.sql(OPEN_PICKINGS) == ["0"]
    assert shop.sql(ORDERED) == ["4|4"]


def test_two_refunds_of_one_return(shop):
    """Both press the button: the money goes out once."""
    rma, line, _picking = shop.script(HALF_RECEIVED)
    refund = ("aftersales.rma", "action_refund", [rma])
    with shop.serve() as web:
        answers = at_once(shop, web, ("aftersales_rma_line", [line]), refund, refund)
    assert sorted(map(bool, answers)) == [False, True], answers
    assert "nothing to refund" in next(filter(None, answers))
    assert shop.sql(CREDITED) == ["3"]
    assert shop.sql("SELECT count(*) FROM account_move WHERE move_type = 'out_refund'")[
        0
    ] == ("1")


def test_the_form_is_sent_many_times(shop):
    """A customer who presses the button again and again asks for one return."""
    order, move, reason, token = shop.script(
        SET_UP + "answer([order.id, move.id, reason.id, order._portal_ensure_token()])"
    )
    arrived = []
    with shop.serve() as web:
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = f"{web.url}/my/orders/{order}/return?access_token={token}"
        html = browser.open(page, timeout=120).read().decode()
        values = {
            name: re.search(rf'name="{name}"\s+value="([^"]+)"', html)[1]
            for name in ("csrf_token", "request_key")
        }
        data = urllib.parse.urlencode(
            {
                **values,
                "access_token": token,
                f"qty_{move}-0": "6",
                "reason_id": reason,
                "remedy": "refund",
            }
        ).encode()

        def send(_number):
            answer = browser.open(page, data=data, timeout=120)
            arrived.append(answer.url)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(send, range(4)))
    assert len(arrived) == 4
    assert len({url.split("?")[0] for url in arrived}) == 1, arrived
    assert "/my/returns/" in arrived[0]
    assert shop.sql(RETURNS) in (["requested|0|0"], ["approved|0|0"])


HALF_INSPECTED = (
    SET_UP
    + """
rma = ask(6)
rma.action_approve()
receive(rma.picking_ids, 3)
rma.picking_ids.with_context(skip_backorder=True).button_validate()
dialogs = [rma.action_inspect()["res_id"] for _person in range(2)]
rows = env["aftersales.rma.inspection"].browse(dialogs).line_ids
rows[1].disposition = "quarantine"
answer([rma.line_ids.id, dialogs])
"""
)


def test_two_people_inspect_the_same_goods(shop):
    """Together they inspect what came, once: the second is told what is left."""
    line, dialogs = shop.script(HALF_INSPECTED)
    inspect = [("aftersales.rma.inspection", "action_confirm", [x]) for x in dialogs]
    with shop.serve() as web:
        answers = at_once(shop, web, ("aftersales_rma_line", [line]), *inspect)
        assert sorted(map(bool, answers)) == [False, True], answers
        refusal = next(filter(None, answers))
        assert "0 came and are not inspected yet" in refusal, refusal
        again = [call(web, *x) for x in inspect]
        assert all(again), again
    found = "SELECT count(*), sum(quantity)::int FROM aftersales_rma_disposition"
    assert shop.sql(found) == ["1|3"]
    moved = (
        "SELECT sum(quantity)::int FROM stock_move"
        " WHERE aftersales_disposition_id IS NOT NULL AND state = 'done'"
    )
    assert shop.sql(moved) == ["3"]


MORE_CAME = (
    SET_UP
    + """
rma = ask(6)
rma.action_approve()
receive(rma.picking_ids, 8)
rma.picking_ids.with_context(skip_backorder=True).button_validate()
[row] = rma.mismatch_ids
answer([rma.id, row.id])
"""
)


def test_two_people_decide_about_what_came_too_many(shop):
    """One decision holds, whoever is first."""
    _rma, row = shop.script(MORE_CAME)
    calls = [
        ("aftersales.rma.mismatch", f"action_{name}", [row])
        for name in ("raise", "send_back")
    ]
    with shop.serve() as web:
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda x: call(web, *x), calls))
        assert sum(not x for x in answers) == 1, answers
        again = [call(web, *x) for x in calls]
        assert all("decided already" in x for x in again), again
    asked, came = 6, "6"
    if not answers[0]:
        asked, came = 8, "8"
    assert shop.sql("SELECT quantity::int FROM aftersales_rma_line") == [str(asked)]
    assert shop.sql("SELECT quantity_received::int FROM aftersales_rma_line") == [came]


IN_TURN = (
    SET_UP
    + """
users = env["res.users"].create([
    {"name": name, "login": name,
     "group_ids": [(4, env.ref("aftersales_addon.aftersales_group_user").id)]}
    for name in ("one", "two")
])
team = env["aftersales.team"].create({
    "name": "Desk", "assignment": "%s", "member_ids": [(6, 0, users.ids)]})
other = order.copy()
other.action_confirm()
other.picking_ids.with_context(skip_sms=True).button_validate()
first = ask(1)
move = other.picking_ids.move_ids
answer([team.id, users.ids, first.id, ask(1).id])
"""
)


@pytest.mark.parametrize("way", ["turn", "load"])
def test_two_requests_are_shared_out(shop, way):
    """Each of two members gets one, though both requests come at the same moment."""
    team, users, *rmas = shop.script(IN_TURN % way)
    with shop.serve() as web:
        answers = at_once(
            shop,
            web,
            ("aftersales_team", [team]),
            *(("aftersales.rma", "action_request", [rma]) for rma in rmas),
        )
    assert answers == ["", ""]
    found = shop.sql("SELECT state, user_id FROM aftersales_rma ORDER BY user_id")
    assert found == [f"requested|{user}" for user in sorted(users)]
