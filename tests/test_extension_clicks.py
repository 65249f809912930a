"""Customers who press the button for an extension several times at once."""

import http.cookiejar
import re
import threading
import urllib.parse
import urllib.request

BUILD = """
from datetime import timedelta
from odoo import fields
policy = env["aftersales.warranty.policy"].create({"name": "Base", "duration": 24})
plus = env["aftersales.warranty.policy"].create(
    {"name": "Plus", "duration": 12, "kind": "extended", "stacking": "after"})
extension = env["product.product"].create(
    {"name": "Plus", "type": "service", "aftersales_extension_policy_id": plus.id})
product = env["product.product"].create({
    "name": "Lock", "type": "consu", "aftersales_policy_ids": [(4, policy.id)],
    "aftersales_extension_product_ids": [(4, extension.id)]})
asset = env["aftersales.asset"].create({
    "product_id": product.id, "serial_number": "N1",
    "partner_id": env["res.partner"].create({"name": "Anna"}).id,
    "delivery_date": fields.Date.today() - timedelta(days=10)})
answer([asset.access_url, asset._portal_ensure_token(), extension.id])
"""
LINES = "SELECT COUNT(*) FROM aftersales_asset_extension_rel"


def test_many_clicks_are_one_quotation(instance):
    """All lead to the same quotation, and there is only one."""
    base = instance("addon")
    path, token, product = base.script(BUILD)
    arrived = []
    with base.serve() as web:
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = f"{web.url}{path}?access_token={token}"
        html = browser.open(page, timeout=120).read().decode()
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
        data = urllib.parse.urlencode(
            {"csrf_token": csrf, "product_id": product, "access_token": token}
        ).encode()

        def click():
            answer = browser.open(f"{web.url}{path}/extend", data=data, timeout=120)
            arrived.append(answer.url)

        clicks = [threading.Thread(target=click) for _number in range(5)]
        for thread in clicks:
            thread.start()
        for thread in clicks:
            thread.join(180)
    assert len(arrived) == 5
    assert len(set(arrived)) == 1, arrived
    assert "/my/orders/" in arrived[0]
    assert int(base.sql(LINES)[0]) == 1
