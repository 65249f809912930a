"""Bridge addons: there by themselves with their app, and gone without a trace."""

import pytest
from support import ours
from test_install import COVER, DELIVER

from tools import odoo_log
from tools.database import addon_template, manifest
from tools.paths import ADDON, addons

BRIDGES = [name for name in addons() if name != ADDON]


def apps_of(bridge: str) -> list[str]:
    """The apps that a bridge reaches, which the core does not need."""
    core = {ADDON, *manifest(ADDON)["depends"]}
    return [name for name in manifest(bridge)["depends"] if name not in core]


@pytest.mark.parametrize("bridge", BRIDGES)
def test_a_bridge_comes_with_its_app(instance, bridge):
    """Not before; then by itself, and without a warning."""
    base = instance("addon")
    if all(base.state(app) == "installed" for app in apps_of(bridge)):
        # The platform brings the app by itself: so the bridge is there with the core.
        assert base.state(bridge) == "installed"
        return
    assert base.state(bridge) in ("uninstalled", "unknown")
    log = base.install(*apps_of(bridge))
    assert ours(odoo_log.complaints(log)) == []
    assert base.state(bridge) == "installed"


@pytest.mark.parametrize("bridge", BRIDGES)
def test_a_bridge_comes_with_the_core(instance, bridge):
    """Where the app was first."""
    base = instance("platform", bridge=bridge)
    assert odoo_log.complaints(base.install()) == []
    assert base.state(bridge) == "installed"


@pytest.mark.parametrize("bridge", BRIDGES)
def test_a_bridge_goes_without_a_trace(instance, bridge):
    """What is left is what the app and the core have; the core works on."""
    base = instance("addon", bridge=bridge)
    base.script(COVER + DELIVER)
    assert ours(odoo_log.complaints(base.uninstall(bridge))) == []
    assert (base.state(bridge), base.state(ADDON)) == ("uninstalled", "installed")
    core = instance("addon").structure()
    platform = instance("platform", bridge=bridge).structure()
    left = {
        name: sorted(rows - core[name] - platform[name])
        for name, rows in base.structure().items()
    }
    # The core reads e-mails to its cases, so the app's own documents with a chatter are
    # noted as the core's, too, bridge or no bridge.
    noted = f"{ADDON}.model_inherit__"
    left["external ids"] = [
        row
        for row in left["external ids"]
        if not (row.startswith(noted) and row.endswith("__mail_thread"))
    ]
    # An app that gives a field to all that has activities gives it to ours as well.
    given = {
        row.rpartition(".")[2]
        for row in platform["fields"]
        if row.startswith("res.partner.")
    }
    left["fields"] = [
        row for row in left["fields"] if row.rpartition(".")[2] not in given
    ]
    left["external ids"] = [
        row
        for row in left["external ids"]
        if not ("field_aftersales_" in row and row.rpartition("__")[2] in given)
    ]
    assert not any(left.values()), left
    count = "SELECT count(*) FROM aftersales_asset"
    [before] = base.sql(count)
    base.script(DELIVER)
    assert int(base.sql(count)[0]) > int(before) > 0


@pytest.mark.parametrize("bridge", BRIDGES)
def test_a_bridge_goes_with_its_demo_data(instance, databases, bridge):
    """It comes without a warning, and its demo data goes with it."""
    template = addon_template(databases.stage, (ADDON, bridge), demo=True)
    assert odoo_log.complaints(databases.ensure(template).log) == []
    base = instance("addon", bridge=bridge, demo=True)
    base.uninstall(bridge)
    owned = f"SELECT name FROM ir_model_data WHERE module = '{bridge}'"
    assert base.sql(owned) == []
    assert odoo_log.complaints(base.install(bridge)) == []


@pytest.mark.parametrize("bridge", BRIDGES)
def test_a_bridge_upgrades_without_a_change(instance, bridge):
    """Twice the same."""
    base = instance("addon", bridge=bridge)
    before = base.structure()
    assert odoo_log.complaints(base.upgrade(ADDON, bridge)) == []
    assert base.structure() == before
