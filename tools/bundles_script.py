"""Runs inside Odoo's shell: makes the bundles of scripts and styles that pages load.

Odoo makes a bundle when a browser first asks for it. In a test that is undone with the
test, so that each tour would wait for all of them again.
"""

SCRIPTS = (
    "bus.websocket_worker_assets",
    "portal.assets_chatter",
    "web.__assets_tests_call__",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
    "web.assets_web",
)
STYLES = (
    "portal.assets_chatter",
    "portal.assets_chatter_style",
    "web.assets_frontend",
    "web.assets_web",
    "web.assets_web_print",
)
PRINTED = ("web.report_assets_common", "web.report_assets_pdf")

bundle = env["ir.qweb"]._get_asset_bundle  # noqa: F821
for name in SCRIPTS:
    bundle(name, css=False).js()
for name in STYLES:
    bundle(name, js=False).css()
for name in PRINTED:
    bundle(name, js=False, autoprefix=True).css()
env.cr.commit()  # noqa: F821
