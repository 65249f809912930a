"""Runs inside Odoo's shell: the tests of ``test_lint``, on our addons only.

They look at every addon there is. Here the lists that they walk hold ours, and of what
the tests of the registry say only what names one of ours is kept.
"""

import importlib
import logging
import os
import re
import subprocess
import unittest
from unittest import mock

from odoo.modules import Manifest
from odoo.tools import config

import odoo.addons

OURS = os.environ["AFTERSALES_LINT_ADDONS"].split(",")
NAMED = re.compile(r"\b(" + "|".join(map(re.escape, OURS)) + r")\b|aftersales")
MODULES = (
    "test_dunderinit",
    "test_i18n",
    "test_index",
    "test_jstranslate",
    "test_manifests",
    "test_markers",
    "test_naming",
    "test_onchange_domains",
    "test_orm_import",
    "test_override_signatures",
    "test_pofile",
    "test_pylint",
    "test_routes",
    "test_test_holes",
    "test_docstring",
)
# tests of the linter itself
LEFT_OUT = {"test_directives_regex", "test_regular_expression"}
findings = []


class Listener(logging.Handler):
    """Odoo's runner counts a logged warning as a failure; so does this."""

    def emit(self, record):
        """Keep what a lint test complains about."""
        if "test_lint" in record.name and NAMED.search(record.getMessage()):
            findings.append(record.getMessage())


class Result(unittest.TestResult):
    """Collects the failures, and runs Odoo's test cases without its reporting."""

    _soft_fail = False

    def addSubTest(self, test, subtest, err):
        """Keep a failed subtest with its parameters."""
        super().addSubTest(test, subtest, err)

    def log(self, *args, **kwargs):
        """Odoo's test cases report through their result."""


def only_ours(command, *args, **kwargs):
    """pylint without the platform's own code."""
    command = [part for part in command if str(part) != str(config.root_path)]
    return real_run(command, *args, **kwargs)


def load(name):
    """The tests of one module of test_lint."""
    module = importlib.import_module(f"odoo.addons.test_lint.tests.{name}")
    if hasattr(module, "get_modules"):
        module.get_modules = lambda: OURS
    found = unittest.defaultTestLoader.loadTestsFromModule(module)
    for suite in found:
        for test in suite:
            if test._testMethodName not in LEFT_OUT:
                yield test


manifests = [Manifest.for_addon(name) for name in OURS]
paths = [manifest.path for manifest in manifests]
real_run = subprocess.run
logging.getLogger("odoo.addons.test_lint").addHandler(Listener())
logging.getLogger("odoo.addons.test_lint").setLevel(logging.WARNING)
tests = [test for name in MODULES for test in load(name)]
result = Result()
with (
    mock.patch.object(Manifest, "all_addon_manifests", lambda: manifests),
    mock.patch.object(subprocess, "run", only_ours),
):
    for test in tests:
        if test._testMethodName == "test_conflict_markers":
            with (
                mock.patch.object(odoo.addons, "__path__", paths),
                mock.patch.object(odoo, "__path__", []),
            ):
                unittest.TestSuite([test]).run(result)
        else:
            unittest.TestSuite([test]).run(result)

for test, text in result.failures + result.errors:
    if NAMED.search(text.split("Error:", 1)[-1]) or NAMED.search(str(test)):
        findings.append(f"{test}\n{text.strip()}")
findings += [f"{test}: left out, {reason}" for test, reason in result.skipped]
with open(os.environ["AFTERSALES_LINT_RESULT"], "w") as stream:
    stream.write("\n\n".join(findings))
print(f"{result.testsRun} tests run, {len(findings)} findings")
for test, text in result.failures + result.errors:
    print("unfiltered:", test, text[-300:])
