"""A technician reloads the page of a visit while the server cannot be reached.

The server is stopped, not only hidden from the page: the browser's worker asks for the
page by itself.
"""

from tools.postgres import free_port
from tools.screenshots import server
from tools.screenshots.chromium import chromium

SET_UP = """
group = env.ref("aftersales_addon.aftersales_group_technician")
user = env["res.users"].create(
    {"name": "tina", "login": "tina", "password": "tina", "group_ids": [(4, group.id)]}
)
partner = env["res.partner"].create({"name": "Anna"})
visit = env["aftersales.visit"].create({"partner_id": partner.id, "user_id": user.id})
visit.with_user(user).action_begin()
answer(visit.id)
"""
TYPE = """
(() => {
    const field = document.querySelector(%r);
    field.value = %r;
    field.dispatchEvent(new Event("input", { bubbles: true }));
})()
"""
FINDINGS = "#visit_findings"
# The browser's worker has the page once it is at work.
READY = "navigator.serviceWorker.getRegistration().then((r) => r?.active?.state)"


def reload(tab, condition):
    """Load the page again as a person does, and wait for what it is to show."""
    tab.evaluate("window.before = true; setTimeout(() => location.reload(), 20); 0")
    tab.wait(f"!window.before && ({condition})")


def open_visit(tab, web):
    server.log_in(tab, web.url, "tina")
    tab.open(f"{web.url}/odoo/my-day")
    # The first page of a new database makes all styles and scripts.
    tab.wait("document.querySelector('.o_aftersales_visit')", 180)
    tab.evaluate("document.querySelector('.o_aftersales_visit').click(); 0")
    tab.wait(f"document.querySelector('{FINDINGS}:not(:disabled)')")
    tab.wait("navigator.serviceWorker.getRegistration()")
    tab.wait(f"({READY}).then((state) => state === 'activated' || undefined)")
    tab.wait("document.querySelector('.o_aftersales_sync[data-status=sent]')")


def test_a_reload_without_a_line(instance):
    workshop = instance("addon")
    visit = workshop.script(SET_UP)
    port = free_port()
    findings = f"SELECT findings FROM aftersales_visit WHERE id = {visit}"
    with chromium() as tab:
        tab.resize(390, 844, True)
        with workshop.serve(port=port) as web:
            open_visit(tab, web)
            # The worker has the page only now for sure: it was asked for once more.
            tab.open(f"{web.url}/odoo/my-day")
            tab.wait(f"document.querySelector('{FINDINGS}:not(:disabled)')")

        tab.evaluate(TYPE % (FINDINGS, "Typed without a line"))
        tab.wait("document.querySelector('.o_aftersales_sync[data-status=offline]')")
        typed = (
            f"document.querySelector('{FINDINGS}')?.value === 'Typed without a line'"
        )
        reload(tab, typed)
        told = tab.evaluate("document.querySelector('.o_aftersales_sync').innerText")
        assert "Not sent yet, kept on this device: 1" in told

        # The browser stops a worker that has nothing to do: it forgets all.
        tab.call("ServiceWorker.enable")
        tab.call("ServiceWorker.stopAllWorkers")
        reload(tab, "document.querySelector('.o_aftersales_kept article textarea')")
        page = tab.evaluate("document.body.innerText")
        assert "Nothing is lost" in page and "Anna" in page
        kept = "document.querySelector('textarea')?.value"
        assert tab.evaluate(kept) == "Typed without a line"
        tab.evaluate(TYPE % ("textarea", "Typed <b>there</b>"))
        tab.wait("document.querySelector('.o_aftersales_kept_count').innerText")
        reload(tab, f"{kept} === 'Typed <b>there</b>'")
        assert not tab.evaluate("document.querySelector('.o_aftersales_kept b')")
        assert workshop.sql(findings) == [""] or not workshop.sql(findings)[0]

        with workshop.serve(port=port) as web:
            # It looks for the line by itself.
            tab.wait(f"document.querySelector('{FINDINGS}')", 90)
            tab.wait("document.querySelector('.o_aftersales_sync[data-status=sent]')")
            tab.wait("!document.querySelector('.o_aftersales_aside')")
    assert "Typed &lt;b&gt;there&lt;/b&gt;" in workshop.sql(findings)[0]
