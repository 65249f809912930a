"""The whole story of after-sales in a real browser, as ``make story`` plays it.

The chapters are those of ``tools/story``. After each the test looks at what the people
in it would notice.
"""

from html import escape

import pytest

from tools.database import addon_template
from tools.paths import addons
from tools.story import shop
from tools.story.chapters import CHAPTERS
from tools.story.rpc import Rpc
from tools.story.scene import play

PNG = b"\x89PNG\r\n\x1a\n"


def unit(scene, number: str, *fields: str) -> dict:
    """Return a unit by its serial number."""
    domain = [("serial_number", "=", number)]
    return scene.rpc.one("aftersales.asset", domain, *fields)


def case(scene, *fields: str) -> dict:
    """Return the case of the story."""
    return scene.rpc.one("aftersales.case", [], *fields)


def check_sale(scene):
    """The unit is hers, with a warranty that has begun."""
    asset = unit(scene, shop.BROKEN, "partner_id", "state", "warranty_end")
    assert asset["partner_id"][1] == shop.CUSTOMER
    assert asset["state"] == "in_use"
    assert asset["warranty_end"] > "2026"


def check_fault(scene):
    """She read the article once, and it did not help."""
    visit = scene.rpc.one("aftersales.article.visit", [], "partner_id", "solved")
    assert visit["partner_id"][1] == shop.CUSTOMER
    assert visit["solved"] == "no"


def check_chat(scene):
    """The case has all that was said, and knows whose unit it is about."""
    found = case(
        scene, "partner_id", "asset_id", "channel", "user_id", "description", "team_id"
    )
    asset = unit(scene, shop.BROKEN)
    assert found["partner_id"][1] == shop.CUSTOMER
    assert found["asset_id"][0] == asset["id"]
    assert found["channel"] == "chat"
    assert found["user_id"][1] == shop.STAFF["agent"][0]
    assert "loses its connection" in found["description"]
    assert shop.BROKEN in found["description"]
    # Who read the help page asked all the same.
    visit = scene.rpc.one("aftersales.article.visit", [], "has_case")
    assert visit["has_case"]


def check_steps(scene):
    """Symptom, work and what was tried are on the case; she does not read the note."""
    found = case(scene, "reason_id", "hours_worked", "assessment_state")
    assert found["reason_id"][1] == shop.SYMPTOM
    assert found["hours_worked"] == 0.5
    assert found["assessment_state"] in ("full", "partial")
    # To open the dialog, each step, and done.
    assert scene.facts["clicks for the steps"] == len(shop.STEPS) + 2
    rows = scene.rpc.read("aftersales.case.step", [], "summary", "result", "user_id")
    assert sorted(row["summary"] for row in rows) == sorted(shop.STEPS)
    assert {row["result"] for row in rows} == {"not_helped"}
    assert {row["user_id"][1] for row in rows} == {shop.STAFF["agent"][0]}
    domain = [("model", "=", "aftersales.case"), ("body", "ilike", "Troubleshooting")]
    note = scene.rpc.one("mail.message", domain, "body")
    assert all(step in note["body"] for step in shop.STEPS)
    clara = Rpc(scene.address, scene.database, "clara")
    assert not clara("mail.message", "search_count", [("id", "=", note["id"])])


def check_decision(scene):
    """Two clicks have approved a return and ordered a new unit, free of charge."""
    assert scene.facts["clicks"] == 2
    [rma] = scene.rpc.read("aftersales.rma", [], "state", "origin", "user_id")
    assert (rma["state"], rma["origin"]) == ("approved", "case")
    assert rma["user_id"][1] == shop.STAFF["agent"][0]
    line = scene.rpc.one("aftersales.rma.line", [], "remedy", "is_advance", "asset_id")
    assert (line["remedy"], line["is_advance"]) == ("replacement", True)
    domain = [("order_line.aftersales_replaces_asset_id", "=", line["asset_id"][0])]
    order = scene.rpc.one("sale.order", domain, "state", "amount_total")
    assert (order["state"], order["amount_total"]) == ("sale", 0)


def check_parcels(scene):
    """The label came by e-mail; both parcels are known; the term goes on."""
    letter = scene.postbox.of(shop.CLARA, "approved")[-1]
    assert any("label" in name.lower() for name in letter.attachments)
    assert any("slip" in name.lower() for name in letter.attachments)
    old = unit(scene, shop.BROKEN, "state", "delivery_date")
    new = unit(scene, shop.NEW, "state", "replaces_id", "warranty_end", "delivery_date")
    assert old["state"] == "replaced"
    assert new["replaces_id"][0] == old["id"]
    assert new["state"] == "in_use"
    # Two years from the first delivery, not from the second.
    first = scene.rpc.one(
        "aftersales.warranty", [("asset_id", "=", old["id"])], "date_end"
    )
    assert new["warranty_end"] == first["date_end"]
    assert old["delivery_date"] < new["delivery_date"]


def check_claim(scene):
    """The old unit is inspected, its maker asked, and the case solved by itself."""
    found = scene.rpc.one("aftersales.rma.disposition", [], "state", "findings")
    assert found["state"] == "done"
    assert "Radio" in found["findings"]
    claim = scene.rpc.one(
        "aftersales.vendor.claim", [], "state", "asset_id", "amount_asked"
    )
    assert claim["state"] == "sent"
    assert claim["asset_id"][0] == unit(scene, shop.BROKEN)["id"]
    assert claim["amount_asked"] >= 61
    assert case(scene, "state")["state"] == "solved"
    assert case(scene, "resolution")["resolution"] == "replacement"


def check_week(scene):
    """Asked once, after seven days and not after six."""
    assert scene.facts["asked too early"] == 0
    letters = scene.postbox.of(shop.CLARA, "Is all well with your replacement?")
    assert len(letters) == 1
    row = scene.rpc.one("aftersales.followup", [], "state", "date_event")
    assert row["state"] == "done"
    assert case(scene, "state")["state"] == "closed"


def check_thanks(scene):
    """Five of five, ten of ten."""
    domain = [("res_model", "=", "aftersales.case"), ("consumed", "=", True)]
    rating = scene.rpc.one("rating.rating", domain, "rating", "feedback")
    assert rating["rating"] == 5
    assert "friendly" in rating["feedback"]
    answer = scene.rpc.one("aftersales.nps", [], "score", "group", "case_id")
    assert (answer["score"], answer["group"]) == (10, "promoter")


def check_overview(scene):
    """Solved at first contact, what it cost, and how often the product fails."""
    assert "100" in scene.facts["first contact"]
    shown = scene.facts["figures"]
    assert "per 1,000" in shown
    # The new unit, half an hour of work, the way back, and looking at the old one.
    cost = 61 + 0.5 * 36 + 6.5 + 4
    assert f"{cost:.2f}" in shown, shown
    assert case(scene, "reopen_count")["reopen_count"] == 0


CHECKS = {
    name.removeprefix("check_"): check
    for name, check in list(globals().items())
    if name.startswith("check_")
}


def test_every_chapter_is_checked():
    """A chapter that nobody looks at could tell anything."""
    assert list(CHECKS) == [chapter.name for chapter in CHAPTERS]


@pytest.fixture
def database(databases):
    """The addons with their bridges, and nothing else."""
    template = addon_template(databases.stage, tuple(addons()))
    with databases.scratch(databases.ensure(template), "story") as name:
        yield name


def test_the_story(database, tmp_path):
    """Every sentence of it, and a picture of what people see in each chapter."""
    told = []

    def check(chapter, scene):
        CHECKS[chapter.name](scene)
        _chapter, pictures = scene.album.chapters[-1]
        assert pictures, f"no picture of {chapter.name}"
        told.extend(path for path, _caption in pictures)

    page = play(database, tmp_path, CHAPTERS, check)
    numbers = [int(path.name[:2]) for path in told]
    assert numbers == list(range(1, len(told) + 1))
    assert all(path.read_bytes().startswith(PNG) for path in told)
    html = page.read_text()
    assert all(f'src="{path.name}"' in html for path in told)
    assert all(escape(chapter.text) in html for chapter in CHAPTERS)
