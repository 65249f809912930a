from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Command

from .aftersales_stage import END_KINDS


class AftersalesCaseRemedyMixin(models.AbstractModel):
    """What a case leads to: a repair, a return, a replacement."""

    _name = "aftersales.case.remedy.mixin"
    _description = "Remedies of a Service Case"

    repair_ids = fields.One2many(
        "repair.order",
        "aftersales_case_id",
        string="Repairs",
        groups="base.group_user",
    )
    rma_ids = fields.One2many(
        "aftersales.rma", "case_id", string="Returns", groups="base.group_user"
    )
    replacement_order_ids = fields.One2many(
        "sale.order",
        "aftersales_case_id",
        string="Replacement Orders",
        groups="base.group_user",
    )
    repair_count = fields.Integer(
        compute="_compute_remedy_counts", groups="base.group_user"
    )
    rma_count = fields.Integer(
        compute="_compute_remedy_counts", groups="base.group_user"
    )
    replacement_order_count = fields.Integer(
        compute="_compute_remedy_counts", groups="base.group_user"
    )

    def _compute_remedy_counts(self):
        # sudo: how many there are; reading them needs rights on them.
        for name, model, link in (
            ("repair_count", "repair.order", "aftersales_case_id"),
            ("rma_count", "aftersales.rma", "case_id"),
            ("replacement_order_count", "sale.order", "aftersales_case_id"),
        ):
            groups = (
                self.env[model]
                .sudo()
                ._read_group([(link, "in", self.ids)], [link], ["__count"])
            )
            counts = {case.id: count for case, count in groups}
            for case in self:
                case[name] = counts.get(case.id, 0)

    @api.model
    def _get_team_domain(self):
        return [("handles_cases", "=", True)]

    @api.model
    def _get_open_documents_domain(self):
        return [("state", "not in", END_KINDS)]

    def _get_assignment_facts(self):
        """Return what the rules of the teams look at."""
        self.ensure_one()
        country = self.partner_id.country_id
        language = self.env["res.lang"]._get_data(code=self.partner_id.lang)
        categories = set()
        for part in (self.product_id.categ_id.parent_path or "").split("/"):
            if part:
                categories.add(int(part))
        return {
            "categories": categories,
            "reasons": set(self.reason_id.ids),
            "countries": set(country.ids),
            "languages": {language.id} - {False, None},
            "warehouses": set(self.sale_order_id.warehouse_id.ids),
            "amount": 0.0,
        }

    # --- The buttons ---

    def action_repair(self):
        """Make the repair of the unit, and open it.

        A repair that is not finished yet is opened instead of a second one.

        :raises UserError: when it is not known what is to be repaired
        """
        self._check_remedy()
        # sudo: whoever looks after customers may have no rights in the workshop; the
        # unit and the customer are those of a case that they may change.
        case = self.sudo()
        open_ones = case.repair_ids.filtered(
            lambda r: r.state not in ("done", "cancel")
        )
        if open_ones:
            return self._open_remedy(open_ones[0])
        if not self.product_id:
            raise UserError(
                self.env._("What is to be repaired? Choose the product first.")
            )
        Repair = case.env["repair.order"].with_company(self.company_id)
        repair = Repair.create(self._prepare_repair_vals())
        self._begin_remedy("repair", repair)
        return self._open_remedy(repair)

    def action_return(self):
        """Make the return of the goods, and open it."""
        # sudo: what is covered may be known to whoever works on the case.
        covered = self.sudo().assessment_id.state in ("full", "partial")
        return self._make_return("return", "repair" if covered else "refund")

    def action_refund(self):
        """Make the return that pays the money back, and open it."""
        return self._make_return("refund", "refund")

    def action_replace(self):
        """Open the dialog that replaces the unit."""
        self._check_remedy()
        if not self.asset_id:
            raise UserError(
                self.env._("What is to be replaced? Choose the installed product.")
            )
        # What came back already, or never left us by a delivery, cannot come back.
        mode = "return" if self._has_left(self.asset_id) else "order"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replace"),
            "res_model": "aftersales.asset.replace",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_asset_id": self.asset_id.id,
                "default_mode": mode,
                "default_reason": self.name,
                "default_case_id": self.id,
            },
        }

    def action_advise(self):
        """Answer the customer: advice is what helps."""
        self._check_remedy()
        if not self.resolution:
            self.resolution = "advice"
        return self.action_answer()

    def action_view_repairs(self):
        """Open the repairs of the case."""
        return self._view_remedies("repair_ids")

    def action_view_rmas(self):
        """Open the returns of the case."""
        return self._view_remedies("rma_ids")

    def action_view_replacement_orders(self):
        """Open the replacement orders of the case."""
        return self._view_remedies("replacement_order_ids")

    def _view_remedies(self, name):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only people of ours see these documents."))
        # sudo: only which ones they are; opening them needs rights on them.
        return self._open_remedy(self.sudo()[name].with_env(self.env))

    # --- Making documents ---

    def _check_remedy(self):
        """Refuse remedies of a case that is over, and let one person act at a time."""
        self.ensure_one()
        self.check_access("write")
        self._lock_cases()
        if self.state in END_KINDS:
            raise UserError(
                self.env._("%s is over. Reopen it before you go on.", self.number)
            )

    def _lock_cases(self):
        """Keep others from changing these cases at the same time.

        :raises UserError: when somebody else does so right now
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is changing %s right now. Try again in a moment.",
                    ", ".join(self.mapped("number")),
                )
            ) from error
        self.invalidate_recordset()

    def _get_remedy_text(self):
        """Return what the customer told us, for the document that helps them."""
        self.ensure_one()
        title = Markup("<p>%s</p>") % self.display_name
        return title + (self.description or Markup(""))

    def _prepare_repair_vals(self):
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "lot_id": self.asset_id.lot_id.id,
            "aftersales_asset_id": self.asset_id.id,
            "aftersales_date_reported": self._get_reported_day(),
            "partner_id": (self.partner_id or self.asset_id.partner_id).id,
            "internal_notes": self._get_remedy_text(),
            "aftersales_case_id": self.id,
        }

    def _make_return(self, resolution, remedy):
        """Make a draft of a return of the unit, or ask which goods come back."""
        self._check_remedy()
        # sudo: where a return comes from is kept by code only.
        case = self.sudo()
        open_ones = case.rma_ids.filtered(
            lambda r: r.state in ("draft", "requested", "approved")
        )
        if open_ones:
            return self._open_remedy(open_ones[0])
        if not self.asset_id:
            return self._ask_what_returns(remedy)
        self._check_left(self.asset_id)
        rma = case.env["aftersales.rma"].create(self._prepare_rma_vals(remedy))
        self._begin_remedy(resolution, rma)
        return self._open_remedy(rma)

    def _ask_what_returns(self, remedy):
        """Open the dialog with what the order of the case brought."""
        # sudo: an agent without rights on stock may take back what was delivered.
        moves = self.sudo().sale_order_id.order_line.move_ids
        if not moves:
            raise UserError(
                self.env._(
                    "What comes back? Choose the installed product, or the order."
                )
            )
        action = self.env["aftersales.rma.start"]._open(moves)
        start = self.env["aftersales.rma.start"].browse(action["res_id"])
        start.write(
            {
                "case_id": self.id,
                "remedy": remedy,
                "reason_id": self.reason_id.id,
                "description": self.name,
            }
        )
        return action

    def _has_left(self, asset):
        """Tell whether something of a delivered unit can come back."""
        # sudo: as in _ask_what_returns.
        move, lot = asset.sudo().move_id, asset.sudo().lot_id
        if not move:
            return False
        left = move._aftersales_get_returnable()
        available = move._aftersales_get_left(left, lot)
        return move.product_id.uom_id.compare(available, 0.0) > 0

    def _check_left(self, asset):
        """Refuse to take back what has come back, or is on its way."""
        # sudo: as in _ask_what_returns.
        if asset.sudo().move_id and not self._has_left(asset):
            raise UserError(
                self.env._(
                    "%s came back, or is asked for in a return already.",
                    asset.display_name,
                )
            )

    def _prepare_rma_vals(self, remedy):
        self.ensure_one()
        asset = self.asset_id
        return {
            "company_id": self.company_id.id,
            "partner_id": (self.partner_id or asset.partner_id).id,
            "user_id": self.env.uid,
            "origin": "case",
            "case_id": self.id,
            "line_ids": [
                Command.create(
                    {
                        "product_id": asset.product_id.id,
                        "asset_id": asset.id,
                        "quantity": asset.quantity,
                        "reason_id": self.reason_id.id,
                        "remedy": remedy,
                        "description": self.name,
                    }
                )
            ],
        }

    def _adopt_return(self, rma, remedy):
        """Keep that a return, chosen from what was delivered, belongs to the case."""
        self._check_remedy()
        if rma.company_id != self.company_id:
            raise UserError(self.env._("The return belongs to another company."))
        # sudo: where a return comes from is kept by code only.
        rma.sudo().write({"case_id": self.id, "origin": "case"})
        self._begin_remedy("refund" if remedy == "refund" else "return", rma)

    def _check_replaced(self, asset):
        """Refuse a replacement that is not for the unit of the case."""
        if not self:
            return
        self._check_remedy()
        if asset != self.asset_id:
            raise UserError(
                self.env._("%s is about another installed product.", self.number)
            )

    def _note_handed_over(self, asset):
        """The customer has the new unit already: that was all."""
        if not self:
            return
        self._begin_remedy("replacement", asset)
        # sudo: as in _begin_remedy.
        case = self.sudo()
        if case._get_remedy_state() != "open":
            case.remedy_state = "done"
            case._end_remedies()

    def _open_remedy(self, documents):
        """Open what was made; whoever may not read it is told so instead."""
        readable = documents.with_env(self.env)
        if not readable.has_access("read"):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._(
                        "%s: who is in charge of it goes on from here.",
                        ", ".join(documents.sudo().mapped("display_name")),
                    ),
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }
        action = {
            "type": "ir.actions.act_window",
            "name": readable._description,
            "res_model": readable._name,
        }
        if len(readable) == 1:
            return action | {"res_id": readable.id, "views": [(False, "form")]}
        return action | {
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", readable.ids)],
        }
