from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import MAX_DURATION
from .aftersales_mass_change_selection_mixin import CHOICE
from .aftersales_warranty_policy_promise_mixin import UNITS


class AftersalesMassChange(models.Model):
    """A recall, or a prolongation as goodwill, for many units at once."""

    _name = "aftersales.mass.change"
    _description = "Recall or Prolongation"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.mass.change.selection.mixin",
        "aftersales.mass.change.run.mixin",
        "aftersales.state.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Title", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user
    )
    kind = fields.Selection(
        [("recall", "Recall"), ("goodwill", "Prolongation as Goodwill")],
        required=True,
        default="recall",
        tracking=True,
    )
    count = fields.Integer(
        string="Prolong By",
        help="How much longer the warranties hold. A recall may leave them as they "
        "are: 0.",
    )
    unit = fields.Selection(UNITS, required=True, default="month")
    note = fields.Text(
        help="Written into the history of each unit. Customers do not see it."
    )
    todo_type_id = fields.Many2one(
        "mail.activity.type",
        string="To Do for Each Unit",
        domain="[('res_model', 'in', (False, 'aftersales.asset'))]",
        help="Plans this activity on each unit. Leave it empty for a note only.",
    )
    todo_user_id = fields.Many2one(
        "res.users",
        string="Done By",
        domain="[('share', '=', False)]",
        help="The person who is responsible for the unit, if left empty.",
    )
    todo_deadline = fields.Date(string="Due On")
    state = fields.Selection(
        [
            ("draft", "New"),
            ("applying", "Under Way"),
            ("applied", "Applied"),
            ("undoing", "Being Undone"),
            ("undone", "Undone"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_applied = fields.Datetime(string="Applied On", readonly=True, copy=False)
    date_undone = fields.Datetime(string="Undone On", readonly=True, copy=False)
    line_ids = fields.One2many(
        "aftersales.mass.change.line", "mass_change_id", string="Units"
    )
    pending_count = fields.Integer(string="To Do", compute="_compute_counts")
    skipped_count = fields.Integer(string="Left Out", compute="_compute_counts")
    done_count = fields.Integer(string="Done", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    told_count = fields.Integer(string="Customers Told", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")

    _count_not_negative = models.Constraint(
        "CHECK (count >= 0)", "A warranty can be prolonged, not shortened."
    )

    @api.depends("state", "line_ids.state", "line_ids.is_told")
    def _compute_counts(self):
        groups = self.env["aftersales.mass.change.line"]._read_group(
            [("mass_change_id", "in", self.ids)],
            ["mass_change_id", "state", "is_told"],
            ["__count"],
        )
        for change in self:
            counts, told = {}, 0
            for owner, state, is_told, number in groups:
                if owner == change:
                    counts[state] = counts.get(state, 0) + number
                    told += number if is_told else 0
            change.pending_count = counts.get("pending", 0)
            change.skipped_count = counts.get("skipped", 0)
            change.done_count = counts.get("done", 0)
            change.failed_count = counts.get("failed", 0)
            change.told_count = told
            total = sum(counts.values()) - change.skipped_count
            left = change.pending_count
            if change.state == "undoing":
                left = change.done_count
            change.progress = 100.0 * (total - left) / total if total else 0.0

    @api.constrains("count", "unit", "kind")
    def _check_count(self):
        for change in self:
            if change.count > MAX_DURATION[change.unit]:
                raise ValidationError(
                    self.env._("More than a century is too long. Enter less.")
                )
            if change.kind == "goodwill" and not change.count:
                raise ValidationError(
                    self.env._("Enter by how much the warranties are prolonged.")
                )

    def write(self, vals):
        fixed = CHOICE | {"kind", "unit"}
        if fixed & vals.keys():
            if any(change.state != "draft" for change in self):
                raise UserError(
                    self.env._(
                        "What was applied cannot be changed. Undo it, or make a new "
                        "one."
                    )
                )
            # Looked up for another choice: the units are hidden until it is done anew.
            vals = {**vals, "preview_date": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(change.state not in ("draft", "undone") for change in self):
            raise UserError(self.env._("Undo the change before you delete it."))

    def action_preview(self):
        """Look the units up, and show them with those that cannot be changed."""
        self._check_state(("draft",), self.env._("This was applied already."))
        for change in self:
            change._check_choice()
            change._write_lines()

    def action_apply(self):
        """Change the units of the preview; many of them in the background."""
        self._check_state(("draft",), self.env._("This was applied already."))
        for change in self:
            if not change.preview_date:
                change.action_preview()
            if not change.pending_count:
                raise UserError(
                    self.env._(
                        "There is no unit to change. Look at the list of units for "
                        "the reasons, and choose others."
                    )
                )
            change._begin("applying", change.pending_count)

    def action_undo(self):
        """Take everything back that this has changed, and nothing else."""
        self._check_state(("applied",), self.env._("There is nothing to undo."))
        for change in self:
            change._begin("undoing", change.done_count)

    def action_retry(self):
        """Try the units that failed once more."""
        self._check_state(("applied",), self.env._("Wait until it is applied."))
        for change in self:
            failed = change.line_ids.filtered(lambda line: line.state == "failed")
            # sudo: the state of a line is not written by hand.
            failed.sudo().write({"state": "pending", "error": False})
            change._begin("applying", len(failed))

    def action_refresh(self):
        """Show the progress of now: the client reads the record again."""
        return False

    def action_view_lines(self):
        """Open the list of units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_mass_change_line_action"
        )
        return {**action, "domain": [("mass_change_id", "in", self.ids)]}

    @api.model
    def _get_action_for(self, assets):
        """Return the action that begins a change for chosen units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_mass_change_action"
        )
        return {
            **action,
            "views": [(False, "form")],
            "context": {
                "default_selection": "domain",
                "default_domain": repr([("id", "in", assets.ids)]),
            },
        }
