"""Every public method of the application, called as a stranger calls it over RPC."""

import contextlib
import inspect
import json
import re
from unittest.mock import patch

from psycopg2.extras import Json

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.service.model import call_kw
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .exposure_common import SECRET, ExposureCommon

OURS = "odoo.addons.aftersales_addon"
# What a call may answer instead of a result: that it is not allowed, that it is not
# possible in words for people, or that it was called in a wrong way.
REFUSALS = (AccessError, AccessDenied, UserError, TypeError)
# What the platform itself answers to a method for one record, and to a rating
# without its key.
PLATFORM_ERRORS = ("Expected singleton", "Invalid token or rating")
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
# A plausible value for each argument by its name. A new method with another argument
# needs an entry.
ARGUMENTS = {
    "fields": lambda case, model: list(model._fields)[:8],
    "vals": lambda case, model: case._values(model),
    "vals_list": lambda case, model: [case._values(model)],
    "text": lambda case, model: SECRET[:5],
    "number": lambda case, model: "1",
    "msg_dict": lambda case, model: {
        "subject": "Hello",
        "body": "Hello",
        "email_from": "ben@example.com",
        "from": "ben@example.com",
        "to": "",
        "message_id": "<1@example.com>",
        "attachments": [],
    },
    "rate": lambda case, model: 5,
    "changes": lambda case, model: [],
    "key": lambda case, model: "0" * 32,
    "step_id": lambda case, model: 1,
    "result": lambda case, model: "helped",
}
# Methods that change what is the caller's own, and how.
# They write messages on the pages of their documents.
OWN_CHANGES = {"message_post": {"mail_message"}}


class _Undo(Exception):
    """Takes a call back."""


@tagged("post_install", "-at_install")
class TestRpc(ExposureCommon):
    def _methods(self):
        """Yield the model and name of each public method that is ours."""
        for model in sorted(self.registry):
            cls = self.registry[model]
            names = {
                name
                for base in cls.mro()
                if base.__module__.startswith(OURS)
                for name, value in vars(base).items()
                if not name.startswith("_") and inspect.isfunction(value)
            }
            for name in sorted(names):
                bases = (getattr(base, name, None) for base in cls.mro())
                if not any(getattr(base, "_api_private", False) for base in bases):
                    yield self.env[model], name

    def _values(self, model):
        for name in ("name", "note", "description", "active", "sequence", "state"):
            if name in model._fields:
                return {name: "x"}
        return {}

    def _arguments(self, model, name):
        """Return plausible arguments for a method."""
        values = []
        parameters = inspect.signature(getattr(type(model), name)).parameters
        for parameter in list(parameters.values())[1:]:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            if parameter.default is parameter.empty:
                make = ARGUMENTS.get(parameter.name)
                self.assertTrue(make, f"a value for {parameter.name} of {model}.{name}")
                values.append(make(self, model))
        return values

    def _record(self, model, documents):
        """Return a record that is none of the caller's business, or their own."""
        found = documents.get(model._name)
        if found or model._abstract or documents is self.own:
            return found
        return model.sudo().search([], limit=1, order="id") or self._make(model)

    def _make(self, model):
        """Make a record with what is required only, by the quickest way."""
        if not model._auto:
            return None
        self.env.cr.execute(
            SQL(
                """
                SELECT column_name FROM information_schema.columns
                 WHERE table_name = %s AND is_nullable = 'NO' AND column_name != 'id'
                """,
                model._table,
            )
        )
        needed = {name for (name,) in self.env.cr.fetchall()}
        values = {"create_uid": SUPERUSER_ID}
        for name, field in model._fields.items():
            related = self.foreign.get(field.comodel_name)
            if field.store and field.type == "many2one" and related:
                values[name] = related.id
            elif name in needed:
                values[name] = self._make_value(field)
        self._drop_checks(model)
        columns = [SQL.identifier(name) for name in values]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(columns),
                tuple(values.values()),
            )
        )
        return model.sudo().browse(self.env.cr.fetchone()[0])

    def _drop_checks(self, model):
        # Until the end of the test: what is made makes no sense.
        self.env.cr.execute(
            SQL(
                "SELECT conname FROM pg_constraint"
                " WHERE contype = 'c' AND conrelid = %s::regclass",
                model._table,
            )
        )
        for (name,) in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(model._table),
                    SQL.identifier(name),
                )
            )

    def _make_value(self, field):
        if field.type == "many2one":
            related = self.env[field.comodel_name].sudo()
            return (related.search([], limit=1) or self._make(related)).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.translate:
            return Json({"en_US": SECRET})
        made = {"char": SECRET, "text": SECRET, "html": SECRET, "boolean": False}
        made |= {"date": "2026-03-01", "datetime": "2026-03-01 10:00:00"}
        return made.get(field.type, 1)

    @contextlib.contextmanager
    def _watched(self):
        """Collect the tables that are written, and take everything back."""
        tables = set()
        execute = Cursor.execute

        def watch(cursor, query, *args, **kwargs):
            code = query.code if isinstance(query, SQL) else query
            found = WRITES.match(code if isinstance(code, str) else "")
            if found:
                tables.add(found[1])
            return execute(cursor, query, *args, **kwargs)

        with contextlib.suppress(_Undo), self.env.cr.savepoint():
            with patch.object(Cursor, "execute", watch):
                yield tables
            raise _Undo
        self.env.invalidate_all()

    def _is_acceptable(self, model, error):
        if isinstance(error, REFUSALS):
            return True
        # A mixin has no records and no fields of its own: a call of one can only fail.
        # Its methods are called on the models that have them.
        if model._abstract:
            return True
        return isinstance(error, ValueError) and any(
            text in str(error) for text in PLATFORM_ERRORS
        )

    def _call(self, user, model, name, ids):
        """Call a method; return what went wrong, in words, or nothing."""
        theirs = model.with_user(user)
        args = self._arguments(model, name)
        if not getattr(getattr(type(model), name), "_api_model", False):
            args = [ids, *args]
        said, problem = "", ""
        with self._watched() as tables:
            try:
                result = call_kw(theirs, name, args, {})
                theirs.env.flush_all()
                said = repr(result)
            except Exception as error:
                # The call is taken back as a whole.
                tables.clear()
                said = str(error)
                if not self._is_acceptable(model, error):
                    problem = f"failed: {error!r}"
        if SECRET in said:
            problem = f"told {said[:300]}"
        elif tables - OWN_CHANGES.get(name, set()):
            problem = f"wrote {tables}, said {said[:100]}"
        return problem and f"{model._name}.{name}({ids}) as {user.login}: {problem}"

    @mute_logger("odoo.sql_db")
    def test_strangers_get_and_change_nothing(self):
        problems, count, without = [], 0, set()
        for model, name in self._methods():
            record = self._record(model, self.foreign)
            if not record and model._auto and not model._abstract:
                without.add(model._name)
            for user in (self.user_ben, self.user_public):
                for ids in ([record.id] if record else [1], []):
                    problems.append(self._call(user, model, name, ids))
                    count += 1
        self.assertFalse(without, "no record to call them on")
        self.assertGreater(count, 1000)
        found = sorted(filter(None, problems))
        self.assertFalse(found, "\n".join(found))

    def test_customers_change_nothing_of_their_own(self):
        """Portal users may read their documents; they act on the pages only."""
        problems = []
        for model, name in self._methods():
            record = self.own.get(model._name)
            if record:
                problems.append(self._call(self.user_ben, model, name, record.ids))
        found = sorted(filter(None, problems))
        self.assertFalse(found, "\n".join(found))

    def _call_http(self, model, name, ids):
        """Call a method as a browser does; return the name of the error, or nothing."""
        args = self._arguments(model, name)
        if not getattr(getattr(type(model), name), "_api_model", False):
            args = [ids, *args]
        answer = self.url_open(
            f"/web/dataset/call_kw/{model._name}/{name}",
            data=json.dumps(
                {
                    "params": {
                        "model": model._name,
                        "method": name,
                        "args": args,
                        "kwargs": {},
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        self.assertNotIn(SECRET, answer.text.split('"debug"')[0], (model, name))
        return answer.json().get("error", {}).get("data", {}).get("name", "")

    @mute_logger("odoo.http")
    def test_the_way_over_http(self):
        """One model of each method: the way there is the same for all."""
        names = {name: model for model, name in self._methods() if not model._abstract}
        records = {m: self._record(m, self.foreign) for m in names.values()}
        before = self._read_all()
        for user in (self.user_ben, None):
            self.authenticate(user and user.login, user and user.login)
            errors = set()
            for name, model in names.items():
                record = records[model]
                errors.add(self._call_http(model, name, record.ids if record else [1]))
            if user:
                # The last one is the platform's, as above.
                known = ("odoo.exceptions.", "builtins.TypeError", "builtins.Value")
                self.assertFalse([e for e in errors if e and not e.startswith(known)])
            else:
                self.assertEqual(errors, {"odoo.http.SessionExpiredException"})
        self.assertEqual(self._read_all(), before)
