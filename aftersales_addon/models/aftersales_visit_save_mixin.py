import math
from datetime import datetime, timedelta, timezone

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

# In one message of a phone; it sends the rest in the next.
MAX_CHANGES = 200
MAX_KEY = 64
MAX_TEXT = 5000
# What a phone remembers of its clock may be so old.
OLDEST = timedelta(days=60)
CHECK_FIELDS = {
    "is_ticked": bool,
    "value": float,
    "has_value": bool,
    "text": str,
    "is_na": bool,
    "note": str,
}
VISIT_FIELDS = {"findings": str, "is_fixed": str, "not_fixed_reason": str}
STEPS = {
    "set_off": ("on_way", "in_progress", "done"),
    "begin": ("in_progress", "done"),
    "finish": ("done",),
}


class AftersalesVisitSaveMixin(models.AbstractModel):
    """What the technician's phone sends: each change once, none lost, none forced.

    A phone sends what was typed as soon as there is a line, with a key that it made
    up. What came already is answered as before. A field that somebody else has
    changed meanwhile is left as it is, and the phone is told both.
    """

    _name = "aftersales.visit.save.mixin"
    _description = "Saving from the Phone"

    save_count = fields.Integer(
        readonly=True, copy=False, groups="base.group_user", default=0
    )

    def save_work(self, changes, key):
        """Take in what a technician has typed.

        :param list changes: dicts with ``op`` and what belongs to it, done in order;
            one that is refused does not keep the others from being done
        :param str key: made up by the sender; the same key is done once
        :return: ``{"answers", "work"}``; one answer for each change: ``{"ok": True}``,
            ``{"error": words}`` or ``{"conflict": what stands there now}``
        :raises AccessError: for those who may not work on the visit
        """
        self.ensure_one()
        self._check_worker()
        key = str(key or "")[:MAX_KEY]
        if not key or not isinstance(changes, list) or len(changes) > MAX_CHANGES:
            raise UserError(self.env._("This could not be read. Please try again."))
        # sudo: keys are no secret, but nobody writes them by hand.
        Save = self.env["aftersales.visit.save"].sudo()
        known = Save.search([("visit_id", "=", self.id), ("key", "=", key)], limit=1)
        if known:
            return {"answers": known.answers, "work": self.get_work()}
        # The row first: of two requests at once the second one waits here, and the
        # platform tries it again. Then it finds the key.
        self._write_state(save_count=self.save_count + 1)
        self.flush_recordset(["save_count"])
        answers = [self._save_change(change) for change in changes]
        Save.create({"visit_id": self.id, "key": key, "answers": answers})
        return {"answers": answers, "work": self.get_work()}

    def _check_worker(self):
        """Refuse those who do not work on the visit."""
        self._check_colleague()
        self.check_access("write")

    def _save_change(self, change):
        """Do one change, or tell why not; the others go on."""
        if not isinstance(change, dict):
            return {"error": self.env._("This could not be read.")}
        op = f"_save_{change.get('op')}"
        if op not in SAVES:
            return {"error": self.env._("This could not be read.")}
        try:
            with self.env.cr.savepoint():
                answer = getattr(self, op)(change)
                self.env.flush_all()
        except UserError as error:
            return {"error": str(error.args[0])}
        except (TypeError, ValueError, KeyError, OverflowError):
            return {"error": self.env._("This could not be read.")}
        except psycopg2.IntegrityError as error:
            return {"error": self._sql_error_to_message(error)}
        return answer or {"ok": True}

    # --- One kind of change each ---

    def _save_step(self, change):
        """A step of the visit; one that was made already is no mistake."""
        step = change["step"]
        if step not in STEPS:
            raise ValueError(step)
        if self.state in STEPS[step]:
            return
        if step == "begin" and self.state == "planned" and not self.user_id:
            self.user_id = self.env.user
        getattr(self, f"action_{step}")()

    def _save_check(self, change):
        check = self._get_check(change)
        vals = self._read_values(change, CHECK_FIELDS)
        conflict = self._find_conflict(check, vals, change.get("base"))
        if conflict:
            return {"conflict": conflict}
        check.write(vals)

    def _save_check_photo(self, change):
        self._get_check(change)._add_photo(change["data"])

    def _save_photo(self, change):
        self._check_not_frozen()
        self._add_photo(change["data"])

    def _save_remove_photo(self, change):
        self._check_not_frozen()
        photo = self._pick("ir.attachment", change["id"])
        owner = self.check_ids.filtered(lambda c: photo in c.photo_ids) or self
        owner.photo_ids = [fields.Command.unlink(photo.id)]

    def _save_work(self, change):
        vals = self._read_values(change, VISIT_FIELDS)
        conflict = self._find_conflict(self, vals, change.get("base"))
        if conflict:
            return {"conflict": conflict}
        if "findings" in vals:
            self._set_findings(vals.pop("findings"))
        if vals:
            self.write({name: value or False for name, value in vals.items()})

    def _save_reading(self, change):
        self._add_reading(
            self._get_line(change),
            self._read_number(change["value"]),
            change.get("unit") or None,
            self._read_text(change.get("reason")) or False,
            bool(change.get("is_replacement")),
        )

    def _save_part(self, change):
        Part = self.env["aftersales.visit.part"]
        forced = bool(change.get("is_forced"))
        product, lot = self._read_part(change, forced)
        Part.create(
            {
                "visit_id": self.id,
                "line_id": change.get("line_id") and self._get_line(change).id,
                "kind": "removed" if change.get("kind") == "removed" else "used",
                "product_id": product.id,
                "lot_id": lot.id,
                "quantity": self._read_number(change.get("quantity") or 1),
                "removed_to": change.get("removed_to") or "customer",
                "is_forced": forced,
                "note": self._read_text(change.get("note")),
            }
        )

    def _read_part(self, change, is_forced):
        """Return the product and the lot that a technician scanned or chose."""
        Part = self.env["aftersales.visit.part"]
        text = self._read_text(change.get("scan"))
        product, lot = Part._find_scanned(text, self.company_id)
        if change.get("product_id"):
            product = self.env["product.product"].browse(int(change["product_id"]))
            product.check_access("read")
            lot = Part._find_lot(product, change.get("lot"), self.company_id, is_forced)
        if not product:
            raise UserError(
                self.env._(
                    "Nothing has the number “%s”. Choose the part from the list.", text
                )
            )
        return product, lot

    def _save_force_part(self, change):
        self._pick("aftersales.visit.part", change["id"]).is_forced = True

    def _save_remove_part(self, change):
        part = self._pick("aftersales.visit.part", change["id"])
        if part.state == "done":
            part.action_take_back()
        elif part.state == "planned":
            part._remove()

    def _save_time_start(self, change):
        Time = self.env["aftersales.visit.time"]
        Time._start(self, change["kind"], self._read_moment(change.get("at")))

    def _save_time_stop(self, change):
        Time = self.env["aftersales.visit.time"]
        Time._stop_running(self.env.user, self._read_moment(change.get("at")))

    def _save_time(self, change):
        self.env["aftersales.visit.time"].create(
            {
                "visit_id": self.id,
                "kind": change["kind"],
                "date_start": self._read_moment(change["start"]),
                "date_end": self._read_moment(change["end"]),
                "note": self._read_text(change.get("note")),
            }
        )

    def _save_remove_time(self, change):
        self._pick("aftersales.visit.time", change["id"])._remove()

    def _save_sign(self, change):
        if change.get("who") == "technician":
            self._sign_technician(self._read_drawing(change))
        elif change.get("refusal"):
            self._refuse_signature(change["refusal"])
        else:
            self._sign_customer(change.get("name"), self._read_drawing(change))

    def _save_further(self, change):
        self._make_further(
            change["kind"], change.get("text"), self._read_day(change.get("day"))
        )

    # --- Reading what was sent ---

    def _get_check(self, change):
        """Return the check of an item, by its number or by what it was made from."""
        if change.get("id"):
            return self._pick("aftersales.visit.check", change["id"])
        self._make_checks()
        line = int(change.get("line_id") or 0)
        item = int(change["item_id"])
        check = self.check_ids.filtered(
            lambda c: c.item_id.id == item and (c.line_id.id or 0) == line
        )
        if not check:
            raise UserError(self.env._("This is not on the checklist any more."))
        return check

    def _get_line(self, change):
        return self._pick("aftersales.visit.line", change["line_id"])

    def _pick(self, model, number):
        """Return a record that is on this very visit."""
        names = {
            "aftersales.visit.check": "check_ids",
            "aftersales.visit.line": "line_ids",
            "aftersales.visit.part": "part_ids",
            "aftersales.visit.time": "time_ids",
        }
        number = int(number)
        if model in names:
            found = self[names[model]]
        else:
            # sudo: photos of this visit only.
            found = (self.sudo().photo_ids | self.sudo().check_ids.photo_ids).sudo(
                self.env.su
            )
        record = found.filtered(lambda r: r.id == number)
        if not record:
            raise UserError(
                self.env._("This is not on the visit any more: somebody removed it.")
            )
        return record

    @api.model
    def _read_values(self, change, known):
        """Return the values of fields, each of its kind; unknown ones are refused."""
        vals = {}
        for name, value in dict(change["values"]).items():
            kind = known[name]
            if kind is float:
                vals[name] = self._read_number(value)
            elif kind is bool:
                vals[name] = bool(value)
            else:
                vals[name] = self._read_text(value)
        return vals

    @api.model
    def _read_text(self, value):
        return str(value or "").replace("\x00", "").strip()[:MAX_TEXT]

    @api.model
    def _read_number(self, value):
        number = float(str(value).replace(",", ".")) if value not in (None, "") else 0.0
        if not math.isfinite(number):
            raise ValueError(value)
        return number

    @api.model
    def _read_moment(self, text):
        """Return a moment that a phone has noted, in UTC and naive."""
        now = fields.Datetime.now()
        if not text:
            return now
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        moment = moment.replace(microsecond=0)
        if moment < now - OLDEST:
            raise UserError(
                self.env._(
                    "This time is too long ago: is the clock of the phone right?"
                )
            )
        return moment

    @api.model
    def _read_drawing(self, change):
        """Return the picture of a signature, without the head of a data URL."""
        text = str(change.get("image") or "")
        return text.partition(",")[2] if text.startswith("data:") else text

    @api.model
    def _find_conflict(self, record, vals, base):
        """Return what stands there now where somebody else has changed it meanwhile.

        :param dict base: what the sender saw before typing; empty: no comparison
        :return: ``{field: value}`` of all that was asked for, or ``None``
        """
        if not isinstance(base, dict):
            return None
        now = {name: self._show_value(record, name) for name in vals}
        changed = [
            name
            for name in vals
            if name in base
            and not self._is_same(now[name], base[name])
            and not self._is_same(now[name], vals[name])
        ]
        return now if changed else None

    @api.model
    def _is_same(self, one, other):
        """Tell whether two values are the same once they are stored."""
        if isinstance(one, bool) or isinstance(other, bool):
            return bool(one) == bool(other)
        if isinstance(one, float) and isinstance(other, int | float):
            return round(one, 4) == round(other, 4)
        one, other = (str(value or "").split() for value in (one, other))
        return one == other

    @api.model
    def _show_value(self, record, name):
        """Return a value as the phone shows it."""
        value = record[name]
        if name == "findings":
            return record._get_findings()
        if record._fields[name].type in ("char", "text", "selection"):
            return value or ""
        return value


SAVES = {name for name in vars(AftersalesVisitSaveMixin) if name.startswith("_save_")}
SAVES -= {"_save_change"}
