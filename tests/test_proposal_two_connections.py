"""A proposal is answered once, however many click at the same moment."""

import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_returns_two_connections import HELD, HOLD, KEY, SET_UP, call

PROPOSED = (
    SET_UP
    + """
service = env["product.product"].create({"name": "Repair", "type": "service"})
rma = ask(2)
rma.action_request()
env["aftersales.rma.propose"].with_context(default_rma_id=rma.id).create({
    "kind": "repair", "charge_product_id": service.id, "price_unit": 40, "text": "x",
}).action_propose()
answer([rma.id, rma.proposal_ids.id, rma._portal_ensure_token()])
"""
)
# One white dot.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/"
    "PchI7wAAAABJRU5ErkJggg=="
)
STATES = (
    "SELECT p.state, r.state FROM aftersales_rma_proposal p"
    " JOIN aftersales_rma r ON r.id = p.rma_id"
)
CHARGES = (
    "SELECT count(*) FROM sale_order WHERE origin IN (SELECT name FROM aftersales_rma)"
)


@pytest.fixture
def shop(instance):
    return instance("addon")


def sign(web, rma, proposal, token):
    """Accept the proposal as the customer's page does; return the answer."""
    url = f"{web.url}/my/returns/{rma}/proposal/{proposal}/accept?access_token={token}"
    params = {"name": "Anna", "signature": SIGNATURE}
    data = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as response:
        return json.load(response)["result"]


def at_once(shop, proposal, *steps):
    """Do two things at the same moment, both of which write the proposal."""
    text = HOLD.format(table="aftersales_rma_proposal", ids=proposal, key=KEY)
    holder = shop.start_script(text)
    limit = time.monotonic() + 60
    while shop.sql(HELD) != ["1"]:
        assert time.monotonic() < limit and holder.poll() is None
        time.sleep(0.1)
    with ThreadPoolExecutor(len(steps)) as pool:
        answers = [future.result() for future in [pool.submit(x) for x in steps]]
    assert holder.wait(60) == 0, holder.log.read_text()
    return answers


def test_signed_twice(shop):
    """Both are told that it is accepted; it is charged once."""
    rma, proposal, token = shop.script(PROPOSED)
    with shop.serve() as web:

        def accept():
            return sign(web, rma, proposal, token)

        answers = at_once(shop, proposal, accept, accept)
        assert all(answer.get("force_refresh") for answer in answers), answers
        assert accept().get("force_refresh")
    assert shop.sql(STATES) == ["accepted|approved"]
    assert shop.sql(CHARGES) == ["1"]


def test_signed_while_withdrawn(shop):
    """One of them holds, and the other is told."""
    rma, proposal, token = shop.script(PROPOSED)
    withdraw = ("aftersales.rma.proposal", "action_withdraw", [proposal])
    with shop.serve() as web:
        signed, withdrawn = at_once(
            shop,
            proposal,
            lambda: sign(web, rma, proposal, token),
            lambda: call(web, *withdraw),
        )
    accepted = bool(signed.get("force_refresh"))
    assert accepted == bool(withdrawn), (signed, withdrawn)
    if accepted:
        assert shop.sql(STATES) == ["accepted|approved"]
    else:
        assert "does not hold any more" in signed["error"]
        assert shop.sql(STATES) == ["withdrawn|requested"]
    assert shop.sql(CHARGES) == [str(int(accepted))]
