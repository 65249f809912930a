from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_rma_mail_mixin import STATES as MAIL_STATES

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("done", "Done"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
# Written by the steps of the return, never by hand.
FACTS = {
    "name",
    "state",
    "origin",
    "date_requested",
    "date_decided",
    "date_done",
    "decided_by_id",
    "reject_reason",
    "access_token",
    "merged_into_id",
}
# What an order's lines may still be taken back by.
OPEN_STATES = ("requested", "approved")


class AftersalesRma(models.Model):
    """Goods that a customer gives back: one document, from any of their orders.

    Its state is its life only. What was received, refunded and replaced follows from
    the quantities on the lines.
    """

    _name = "aftersales.rma"
    _description = "Return"
    _inherit = [
        "aftersales.rma.track.mixin",
        "aftersales.facts.mixin",
        "aftersales.link.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.rma.case.mixin",
        "aftersales.rma.team.mixin",
        "aftersales.rma.flag.mixin",
        "aftersales.rma.late.mixin",
        "aftersales.rma.split.mixin",
        "aftersales.rma.merge.mixin",
        "aftersales.rma.answer.mixin",
        "aftersales.rma.cancel.mixin",
        "aftersales.rma.proposal.mixin",
        "aftersales.rma.shipping.mixin",
        "aftersales.rma.mismatch.mixin",
        "aftersales.rma.inspection.mixin",
        "aftersales.rma.replacement.mixin",
        "aftersales.rma.status.mixin",
        "aftersales.rma.receipt.mixin",
        "aftersales.rma.receive.mixin",
        "aftersales.rma.refund.mixin",
        "aftersales.rma.cost.mixin",
        "aftersales.rma.online.mixin",
        "aftersales.rma.portal.mixin",
        "aftersales.rma.request.mixin",
        "aftersales.rma.mail.mixin",
        "aftersales.followed.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Pick-up Address",
        compute="_compute_partner_shipping_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Where the goods are sent from.",
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", index="btree_not_null", tracking=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Where the goods come back to.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    line_ids = fields.One2many(
        "aftersales.rma.line", "rma_id", string="Goods", copy=True
    )
    reference = fields.Char(
        string="Customer Reference", help="How the customer calls it."
    )
    origin = fields.Selection(
        [
            ("agent", "Agent"),
            ("portal", "Portal"),
            ("guest", "Guest"),
            ("case", "Service Case"),
        ],
        string="Asked For By",
        default="agent",
        readonly=True,
    )
    date_requested = fields.Datetime(string="Requested On", readonly=True, copy=False)
    date_decided = fields.Datetime(string="Decided On", readonly=True, copy=False)
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    reject_reason = fields.Text(
        string="Why It Was Rejected",
        readonly=True,
        copy=False,
        help="The customer reads this.",
    )
    note = fields.Html(string="Notes", groups="base.group_user")
    picking_ids = fields.One2many(
        "stock.picking", "aftersales_rma_id", string="Receipts"
    )

    _name_unique = models.Constraint(
        "UNIQUE (company_id, name)", "This number of a return exists already."
    )
    _state_index = models.Index(
        "(company_id, state, id) WHERE state IN ('requested', 'approved')"
    )
    # The queues of the list: what waits is a few rows of many.
    _to_inspect_index = models.Index(
        "(id) WHERE inspection_status IN ('to_inspect', 'partial')"
    )
    _to_refund_index = models.Index(
        "(id) WHERE refund_status IN ('to_refund', 'partial')"
    )
    _to_replace_index = models.Index(
        "(id) WHERE replacement_status IN ('to_replace', 'partial')"
    )

    @api.depends("partner_id")
    def _compute_partner_shipping_id(self):
        for rma in self:
            address = rma.partner_id.address_get(["delivery"])
            rma.partner_shipping_id = address.get("delivery")

    @api.depends("company_id", "line_ids.move_id")
    def _compute_warehouse_id(self):
        for rma in self:
            if rma.warehouse_id.company_id == rma.company_id:
                continue
            sent_from = rma.line_ids.move_id.picking_type_id.warehouse_id
            known = sent_from.filtered(lambda w, r=rma: w.company_id == r.company_id)
            rma.warehouse_id = known[:1] or self.env["stock.warehouse"].search(
                [("company_id", "=", rma.company_id.id)], limit=1
            )

    def _compute_access_url(self):
        for rma in self:
            rma.access_url = f"/my/returns/{rma.id}"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_new_facts(vals_list)
        self.env["ir.sequence"]._aftersales_number(self._name, vals_list, "name")
        return super().create(vals_list)

    def write(self, vals):
        self._check_facts(vals)
        return super().write(vals)

    def _get_facts(self):
        return FACTS

    def _explain_facts(self, labels):
        return self.env._(
            "%s cannot be typed in: use the buttons of the return.", labels
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        kept = self.filtered(lambda r: r.state not in ("draft", "cancelled"))
        if kept or self.sudo().picking_ids:
            raise UserError(
                self.env._(
                    "A return that was requested stays on record. Cancel it instead."
                )
            )

    # --- The life of a return ---

    def action_request(self):
        """Ask for the return of the goods on the lines."""
        self._check_state("draft", self.env._("requested"))
        for rma in self:
            if not rma.line_ids:
                raise UserError(
                    self.env._("Which goods come back? Add a line to %s.", rma.name)
                )
        self.line_ids._check_can_request()
        self.line_ids._check_returnable()
        self._assign()
        self._set_state("requested", date_requested=fields.Datetime.now())
        self._raise_flags()
        self.filtered(lambda r: r._is_approved_by_itself())._set_approved()

    def action_approve(self):
        """Approve requests and prepare their receipts.

        A draft that a person has to look at first stays requested, and shows why.
        """
        drafts = self.filtered(lambda r: r.state == "draft")
        (self - drafts)._check_state("requested", self.env._("approved"))
        (self - drafts)._check_flags()
        drafts.action_request()
        requested = self.filtered(lambda r: r.state == "requested")
        flagged = drafts.filtered(lambda r: r.flag_status == "open")
        (requested - flagged)._set_approved(self.env.user)

    def action_reject(self, reason=None):
        """Reject requests.

        :param str reason: what the customer reads
        """
        self._check_state("requested", self.env._("rejected"))
        text = (reason or "").strip()
        if not text:
            raise UserError(self.env._("Tell the customer why the return is rejected."))
        self._set_state(
            "rejected",
            date_decided=fields.Datetime.now(),
            decided_by_id=self.env.user.id,
            reject_reason=text,
        )

    def action_open_reject(self):
        """Ask for the reason of a rejection."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "aftersales.rma.reject",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_rma_ids": self.ids},
        }

    def action_cancel(self):
        """Cancel returns and all that was prepared for them."""
        self._check_state(("draft", "requested", "approved"), self.env._("cancelled"))
        for rma in self:
            hindrance = rma._get_cancel_hindrance()
            if hindrance:
                raise UserError(hindrance)
        self._cancel_prepared()
        self._set_state("cancelled")

    def action_draft(self):
        """Take cancelled and rejected returns up again."""
        self._check_state(("cancelled", "rejected"), self.env._("reopened"))
        self._check_not_merged()
        self._set_state("draft", reject_reason=False, date_decided=False)

    def action_done(self):
        """Close returns of which nothing is open any more."""
        self._check_state("approved", self.env._("closed"))
        for rma in self:
            missing = rma._get_open_points()
            if missing:
                raise UserError(
                    self.env._(
                        "%(rma)s cannot be closed yet: %(missing)s.",
                        rma=rma.name,
                        missing=", ".join(missing),
                    )
                )
        self._set_done()

    def _check_state(self, allowed, wanted):
        """Refuse a step from a state that it does not follow from."""
        allowed = (allowed,) if isinstance(allowed, str) else allowed
        labels = dict(self._fields["state"]._description_selection(self.env))
        for rma in self:
            if rma.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(rma)s is %(state)s, so it cannot be %(wanted)s.",
                        rma=rma.name,
                        state=labels[rma.state].lower(),
                        wanted=wanted,
                    )
                )

    def _set_state(self, state, **vals):
        self.check_access("write")
        # sudo: these facts are written by the steps that lead to them only.
        self.sudo().write({"state": state, **vals})
        if state in MAIL_STATES:
            self._announce(state)

    def _set_approved(self, user=None):
        """Approve requests.

        :param user: who decided; nobody when the policy did
        """
        if not self:
            return
        self._set_state(
            "approved",
            date_decided=fields.Datetime.now(),
            decided_by_id=user and user.id,
        )
        # sudo: what is prepared follows from the lines that were approved.
        self.sudo()._create_receipts()
        self.sudo()._create_replacement_orders(advance=True)

    def _set_done(self):
        self._set_state("done", date_done=fields.Datetime.now())

    def _is_approved_by_itself(self):
        """Tell whether the policies let a request pass without a person."""
        self.ensure_one()
        # sudo: who asks does not see what is noted; it is decided by a person then.
        if self.sudo().flag_status == "open":
            return False
        lines = self.line_ids
        limits = [line.policy_id.approve_limit for line in lines if line.policy_id]
        if len(limits) < len(lines) or not all(limits):
            return False
        if not all(line.is_eligible for line in lines):
            return False
        return sum(lines.mapped("value")) <= min(limits)

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
