from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .aftersales_checklist_item import ITEM_KINDS

# What a check was made from: it does not change when the checklist does.
SNAPSHOT = (
    "sequence",
    "kind",
    "is_required",
    "has_limits",
    "value_min",
    "value_max",
)
QUESTIONS = {*SNAPSHOT, "line_id", "item_id", "name", "instruction", "value_unit"}
ANSWERS = {"is_ticked", "value", "has_value", "text", "photo_ids", "is_na"}


class AftersalesVisitCheck(models.Model):
    """One thing that was looked at on a visit, and what was found."""

    _name = "aftersales.visit.check"
    _description = "Check on a Visit"
    _inherit = ["aftersales.visit.child.mixin", "aftersales.visit.photo.mixin"]
    _order = "visit_id, line_id, sequence, id"
    _photo_folder = "visit_id"

    line_id = fields.Many2one(
        "aftersales.visit.line", string="Unit", index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "aftersales.checklist.item",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    sequence = fields.Integer(default=10, readonly=True)
    name = fields.Char(string="What", required=True, translate=True, readonly=True)
    instruction = fields.Text(translate=True, readonly=True)
    kind = fields.Selection(ITEM_KINDS, default="tick", required=True, readonly=True)
    is_required = fields.Boolean(string="Required", readonly=True)
    value_unit = fields.Char(string="Unit of the Value", translate=True, readonly=True)
    has_limits = fields.Boolean(readonly=True)
    value_min = fields.Float(string="From", readonly=True)
    value_max = fields.Float(string="To", readonly=True)
    is_ticked = fields.Boolean(string="Done")
    value = fields.Float(digits=(16, 4))
    has_value = fields.Boolean(
        help="A value was entered: zero is a value too.",
    )
    text = fields.Text()
    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_visit_check_photo_rel",
        string="Photos",
        copy=False,
    )
    is_na = fields.Boolean(string="Does Not Apply")
    note = fields.Char(
        string="Remark",
        help="Why it does not apply, or what was done about a value outside its "
        "limits.",
    )
    is_out_of_limits = fields.Boolean(
        string="Outside Its Limits", compute="_compute_is_out_of_limits", store=True
    )
    is_answered = fields.Boolean(
        string="Answered", compute="_compute_is_answered", store=True
    )
    limits = fields.Char(compute="_compute_limits")
    result = fields.Char(compute="_compute_result")
    user_id = fields.Many2one("res.users", string="Checked By", readonly=True)
    date = fields.Datetime(string="Checked On", readonly=True)

    # However often a visit is begun, each thing is looked at once for each unit.
    _item_once = models.UniqueIndex(
        "(visit_id, COALESCE(line_id, 0), item_id) WHERE item_id IS NOT NULL",
        "This check is on the visit already.",
    )

    @api.depends("value", "has_value", "has_limits", "value_min", "value_max", "is_na")
    def _compute_is_out_of_limits(self):
        for check in self:
            check.is_out_of_limits = (
                check.kind == "value"
                and check.has_value
                and check.has_limits
                and not check.is_na
                and not check.value_min <= check.value <= check.value_max
            )

    @api.depends("is_ticked", "has_value", "text", "photo_ids", "is_na", "kind")
    def _compute_is_answered(self):
        for check in self:
            answers = {
                "tick": check.is_ticked,
                "value": check.has_value,
                "text": bool((check.text or "").strip()),
                # sudo: only whether there is one.
                "photo": bool(check.sudo().photo_ids),
            }
            check.is_answered = check.is_na or answers[check.kind]

    @api.depends("has_limits", "value_min", "value_max", "value_unit")
    @api.depends_context("lang")
    def _compute_limits(self):
        for check in self:
            check.limits = check.has_limits and self.env._(
                "%(low)s to %(high)s %(unit)s",
                low=self._format_value(check.value_min),
                high=self._format_value(check.value_max),
                unit=check.value_unit or "",
            )

    @api.depends("is_ticked", "value", "has_value", "text", "photo_ids", "is_na")
    @api.depends_context("lang")
    def _compute_result(self):
        for check in self:
            check.result = check._get_result()

    def _get_result(self):
        """Return what was found, in words, in the user's language."""
        self.ensure_one()
        if self.is_na:
            return self.env._("Does not apply")
        if not self.is_answered:
            return self.env._("Not checked")
        if self.kind == "value":
            return f"{self._format_value(self.value)} {self.value_unit or ''}".strip()
        if self.kind == "text":
            return self.text
        if self.kind == "photo":
            # sudo: only how many there are.
            return self.env._("Photos: %s", len(self.sudo().photo_ids))
        return self.env._("Done")

    @api.model
    def _format_value(self, value):
        return self.env["res.lang"]._aftersales_format_number(value, digits=4)

    def write(self, vals):
        if not self.env.su and QUESTIONS & vals.keys():
            raise UserError(
                self.env._(
                    "What is checked follows from the checklist: change it there."
                )
            )
        vals = dict(vals)
        if vals.get("value"):
            # Who types a value has one; a zero is told by the tick beside it.
            vals.setdefault("has_value", True)
        if ANSWERS & vals.keys():
            vals.update(user_id=self.env.uid, date=fields.Datetime.now())
        return super().write(vals)

    @api.constrains("value")
    def _check_value(self):
        for check in self:
            if abs(check.value) >= 1e12:
                raise ValidationError(
                    self.env._("“%s”: this value cannot be right.", check.name)
                )

    def _get_error(self):
        """Return what is missing before the visit can be finished, or False."""
        self.ensure_one()
        where = self.name
        # sudo: the name of the unit that the technician stands before.
        unit = self.line_id.sudo().asset_id
        if unit:
            where = f"{self.name} ({unit.display_name})"
        if self.is_na:
            missing = not (self.note or "").strip()
            return missing and self.env._("%s: say why it does not apply.", where)
        if self.is_required and not self.is_answered:
            return where
        if self.is_out_of_limits and not (self.note or "").strip():
            return self.env._(
                "%(check)s: %(value)s is outside of %(limits)s. Say what was done "
                "about it.",
                check=where,
                value=self.result,
                limits=self.limits,
            )
        return False

    def _copy_words(self):
        """Take the words of the items over in all languages at once."""
        if not self:
            return
        self.flush_recordset()
        self.env["aftersales.checklist.item"].flush_model(
            ["name", "instruction", "value_unit"]
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_visit_check AS made
                   SET name = item.name,
                       instruction = item.instruction,
                       value_unit = item.value_unit
                  FROM aftersales_checklist_item AS item
                 WHERE item.id = made.item_id
                   AND made.id = ANY(%s)
                """,
                self.ids,
            )
        )
        self.invalidate_recordset(["name", "instruction", "value_unit"])
