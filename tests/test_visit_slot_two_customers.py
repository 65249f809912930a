"""Two customers who take the same time of one technician at the same moment.

Each opens the page of the own visit with its link, and both send the form over HTTP. A
third connection holds the technician for a moment, so that both meet.
"""

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from html import unescape

SET_UP = """
from datetime import timedelta
group = env.ref("aftersales_addon.aftersales_group_technician")
user = env["res.users"].create({"name": "tina", "login": "tina"})
user.group_ids += group
day = env.company._aftersales_today() + timedelta(days=7)
visits = env["aftersales.visit"].create(
    [
        {
            "partner_id": env["res.partner"].create({"name": name}).id,
            "user_id": user.id,
            "date_planned": day,
        }
        for name in ("Anna", "Ben")
    ]
)
answer([user.id, visits.ids, [v.get_portal_url(suffix="/time") for v in visits]])
"""
HOLD = """
import time
env.cr.execute("SELECT id FROM res_users WHERE id = {id} FOR UPDATE")
env.cr.execute("SELECT pg_advisory_lock(190007)")
time.sleep(5)
env.cr.rollback()
env.cr.execute("SELECT pg_advisory_unlock(190007)")
"""
HELD = (
    "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
    " WHERE locktype = 'advisory' AND objid = 190007 AND datname = current_database()"
)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock' AND query LIKE '%res_users%'"
)


class Visitor:
    """A browser of a customer, with the session that its page belongs to."""

    def __init__(self, web, path):
        self.url = urllib.parse.urljoin(web.url, path)
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(jar)
        self.page = self.browser.open(self.url, timeout=120).read().decode()
        self.form = {}
        for tag in re.findall(r"<input[^>]*>", self.page):
            name = re.search(r'name="([^"]+)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if 'type="hidden"' in tag and name and value:
                self.form[name[1]] = unescape(value[1])

    def slots(self):
        tags = re.findall(r'<input[^>]*name="slot"[^>]*>', self.page)
        return [re.search(r'value="([^"]+)"', tag)[1] for tag in tags]

    def take(self, slot):
        data = urllib.parse.urlencode({**self.form, "slot": slot}).encode()
        answer = self.browser.open(self.url, data, timeout=120)
        return answer.geturl(), answer.read().decode()


def wait_until(query, number, workshop):
    limit = time.monotonic() + 60
    while int(workshop.sql(query)[0]) < number:
        assert time.monotonic() < limit, query
        time.sleep(0.05)


def test_the_same_time_taken_twice_at_once(instance):
    workshop = instance("addon")
    user, visits, paths = workshop.script(SET_UP)
    with workshop.serve() as web:
        visitors = [Visitor(web, path) for path in paths]
        slot = visitors[0].slots()[2]
        assert slot in visitors[1].slots()
        holder = workshop.start_script(HOLD.format(id=user))
        wait_until(HELD, 1, workshop)
        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(visitor.take, slot) for visitor in visitors]
            # Both have found the time free, and want the technician now.
            wait_until(WAITING, 2, workshop)
            answers = [future.result() for future in running]
        assert holder.wait(60) == 0
        gone = [page for _url, page in answers if "not free any more" in page]
        fixed = [page for _url, page in answers if "Your appointment is fixed" in page]
        assert (len(gone), len(fixed)) == (1, 1)
        # The one who came second sees times that are left, and takes one.
        late = next(v for v, a in zip(visitors, answers, strict=True) if a[1] in gone)
        late.page = gone[0]
        assert late.slots() and slot not in late.slots()
        assert "Your appointment is fixed" in late.take(late.slots()[0])[1]
    rows = workshop.sql(
        "SELECT state || ' ' || date_start FROM aftersales_visit"
        f" WHERE id IN ({visits[0]}, {visits[1]})"
    )
    assert len(set(rows)) == 2 and all(row.startswith("scheduled") for row in rows)
    assert sum(row.endswith(slot) for row in rows) == 1
