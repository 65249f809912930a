"""Two people give the store credit of one return at the same moment."""

from test_returns_two_connections import SET_UP, at_once

CREDITED = (
    SET_UP
    + """
rma = ask(4)
rma.line_ids.remedy = "credit"
rma.action_approve()
receive(rma.picking_ids, 4)
rma.picking_ids.button_validate()
rma.action_refund()
refund = rma.refund_ids
assert refund.state == "draft" and refund.aftersales_is_store_credit
answer(refund.id)
"""
)
GIVEN = (
    "SELECT count(*), sum(card.points)::int FROM loyalty_history h"
    " JOIN loyalty_card card ON card.id = h.card_id"
    " WHERE h.aftersales_refund_id IS NOT NULL"
)


def test_two_people_post_the_credit_note(instance):
    """One posts it, the other is told so: there is one gift card."""
    shop = instance("addon", bridge="aftersales_addon_loyalty")
    refund = shop.script(CREDITED)
    post = ("account.move", "action_post", [refund])
    with shop.serve() as web:
        answers = at_once(shop, web, ("account_move", [refund]), post, post)
    assert sorted(map(bool, answers)) == [False, True], answers
    [given] = shop.sql(GIVEN)
    count, points = map(int, given.split("|"))
    assert count == 1
    assert [points] == [
        int(value) for value in shop.sql("SELECT sum(issued)::int FROM loyalty_history")
    ]
