from odoo import api, fields, models

from .aftersales_warranty_policy_line import ITEMS


class AftersalesAssessment(models.Model):
    """An answer to "is this covered?" as it was given, with its reasons.

    What the warranties say is kept as it was. Goodwill stands beside it: who granted
    what, and why.
    """

    _name = "aftersales.assessment"
    _description = "Assessment of Coverage"
    _inherit = [
        "aftersales.assessment.refusal.mixin",
        "aftersales.assessment.price.mixin",
        "mail.thread",
    ]
    _order = "date_reported desc, id desc"

    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="asset_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        related="asset_id.product_id", store=True, precompute=True
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", readonly=True
    )
    date_reported = fields.Date(
        string="Defect Reported On",
        required=True,
        readonly=True,
        help="The day on which the customer told us. It decides on the coverage.",
    )
    item = fields.Selection(
        ITEMS, string="Asked For", readonly=True, help="Empty: all items."
    )
    quantity = fields.Float(
        string="Quantity Claimed", digits="Product Unit", readonly=True
    )
    quantity_covered = fields.Float(digits="Product Unit", readonly=True)
    is_usage_given = fields.Boolean(readonly=True)
    usage = fields.Float(string="Reading Named", digits=(16, 2), readonly=True)
    result = fields.Json(string="Answer", readonly=True)
    state = fields.Selection(
        [
            ("full", "Covered"),
            ("partial", "Partly Covered"),
            ("none", "Not Covered"),
            ("question", "Reading Needed"),
        ],
        string="By Warranty",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many(
        "aftersales.assessment.line", "assessment_id", string="Items", readonly=True
    )
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    user_id = fields.Many2one(
        "res.users",
        string="Assessed By",
        default=lambda self: self.env.user,
        readonly=True,
    )
    date_assessed = fields.Datetime(
        string="Assessed On", default=fields.Datetime.now, readonly=True
    )
    active = fields.Boolean(
        default=True,
        readonly=True,
        help="An assessment that another one took the place of is kept, archived.",
    )
    # What asked. Other documents add their field here and its name to
    # _get_origin_fields.
    repair_id = fields.Many2one(
        "repair.order", index="btree_not_null", ondelete="set null", readonly=True
    )
    case_id = fields.Many2one(
        "aftersales.case", index="btree_not_null", ondelete="set null", readonly=True
    )
    origin = fields.Char(string="Asked By", compute="_compute_origin")
    has_goodwill = fields.Boolean(
        string="Goodwill", compute="_compute_has_goodwill", store=True
    )
    goodwill_reason = fields.Char(string="Reason for Goodwill", readonly=True)
    goodwill_user_id = fields.Many2one(
        "res.users", string="Goodwill Granted By", readonly=True
    )
    goodwill_date = fields.Datetime(string="Goodwill Granted On", readonly=True)
    amount_warranty = fields.Monetary(
        string="Paid by Warranty", compute="_compute_amounts", store=True
    )
    amount_goodwill = fields.Monetary(
        string="Paid by Goodwill", compute="_compute_amounts", store=True
    )
    amount_customer = fields.Monetary(
        string="Paid by the Customer", compute="_compute_amounts", store=True
    )

    _goodwill_needs_reason = models.Constraint(
        "CHECK (goodwill_user_id IS NULL OR goodwill_reason IS NOT NULL)",
        "Goodwill needs a reason.",
    )

    @api.depends("asset_id", "date_reported")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for assessment in self:
            day = assessment.date_reported
            # sudo: who may see the assessment may see its title.
            unit = assessment.sudo().asset_id.display_name or ""
            assessment.display_name = (
                f"{unit} ({assessment.asset_id._format_day(day)})" if day else unit
            )

    @api.depends("result", "line_ids.granted_share", "line_ids.share")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for assessment in self:
            assessment.explanation = assessment._render_answer(
                assessment.result or {}, assessment.line_ids._get_shown()
            )

    @api.depends(lambda self: self._get_origin_fields())
    def _compute_origin(self):
        for assessment in self:
            assessment.origin = assessment._get_origin().display_name

    @api.depends("line_ids.granted_share")
    def _compute_has_goodwill(self):
        for assessment in self:
            assessment.has_goodwill = any(assessment.line_ids.mapped("granted_share"))

    @api.depends(
        "line_ids.amount_warranty",
        "line_ids.amount_goodwill",
        "line_ids.amount_customer",
    )
    def _compute_amounts(self):
        for assessment in self:
            for name in ("amount_warranty", "amount_goodwill", "amount_customer"):
                assessment[name] = sum(assessment.line_ids.mapped(name))

    @api.model
    def _get_origin_fields(self):
        """Return the names of the fields that point to what asked."""
        return ["repair_id", "case_id"]

    def _get_origin(self):
        """Return the document that asked; an empty recordset for a plain question."""
        self.ensure_one()
        for name in self._get_origin_fields():
            if self[name]:
                return self[name]
        return self.browse()

    def action_view_asset(self):
        """Open the unit that was assessed."""
        return self.asset_id._action_open(self.asset_id)

    def action_view_origin(self):
        """Open the document that asked."""
        return self.asset_id._action_open(self._get_origin())

    def action_goodwill(self):
        """Open the dialog that grants more than the warranties pay."""
        self.ensure_one()
        return {
            "name": self.env._("Grant Goodwill"),
            "type": "ir.actions.act_window",
            "res_model": "aftersales.assessment.goodwill",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_assessment_id": self.id},
        }

    # --- Making assessments ---

    @api.model
    def _make(self, requests):
        """Assess units and keep the answers.

        :param list requests: dicts with ``asset``, and any of ``date``, ``item``,
            ``quantity``, ``usage`` (as in ``asset._assess``) and ``vals``, more
            values for the record, its origin for one
        :return: the new records, in the order of the requests
        """
        answers = self._get_answers(requests)
        vals_list = [
            {
                **self._prepare_vals(request, answer),
                "asset_id": request["asset"].id,
                "partner_id": request["asset"].partner_id.id,
                "line_ids": [
                    fields.Command.create(vals)
                    for vals in self._prepare_line_vals(answer, request.get("item"))
                ],
                **request.get("vals", {}),
            }
            for request, answer in zip(requests, answers, strict=True)
        ]
        # sudo: everyone who may see a unit may ask, and the answer is kept as given.
        records = self.sudo().with_context(mail_create_nosubscribe=True)
        return records.create(vals_list).with_env(self.env)

    def _update(self, requests):
        """Assess again, each record as its request says; goodwill stays."""
        answers = self._get_answers(requests)
        # sudo: as in _make.
        for record, request, answer in zip(self.sudo(), requests, answers, strict=True):
            record.write(
                {
                    **self._prepare_vals(request, answer),
                    "user_id": self.env.user.id,
                    "date_assessed": fields.Datetime.now(),
                }
            )
            wanted = self._prepare_line_vals(answer, request.get("item"))
            lines = {line.item: line for line in record.line_ids}
            for vals in wanted:
                if vals["item"] in lines:
                    lines[vals["item"]].write(vals)
                else:
                    record.line_ids.create({**vals, "assessment_id": record.id})

    @api.model
    def _get_answers(self, requests):
        """Return the answers to requests; equal questions are asked in one go."""
        questions = {}
        for index, request in enumerate(requests):
            key = tuple(
                request.get(name) for name in ("date", "item", "quantity", "usage")
            )
            questions.setdefault(key, []).append(index)
        answers = [None] * len(requests)
        for key, indexes in questions.items():
            assets = self.env["aftersales.asset"].union(
                *(requests[index]["asset"] for index in indexes)
            )
            found = assets._assess_many(*key)
            for index in indexes:
                answers[index] = found[requests[index]["asset"]]
        return answers

    @api.model
    def _prepare_vals(self, request, answer):
        """Return the values that an answer of ``asset._assess`` is kept with."""
        usage, asset = request.get("usage"), request["asset"]
        asked = answer["quantity_covered"] + answer["quantity_uncovered"]
        return {
            "date_reported": request.get("date")
            or asset.company_id._aftersales_today(),
            "item": request.get("item"),
            "quantity": asked,
            "quantity_covered": answer["quantity_covered"],
            "is_usage_given": usage is not None,
            "usage": usage or 0.0,
            "result": self._to_json(answer),
            "state": self._get_state(answer, request.get("item")),
        }

    @api.model
    def _prepare_line_vals(self, answer, item=None):
        wanted = [item] if item else [code for code, _label in ITEMS]
        vals_list = []
        for sequence, code in enumerate(wanted):
            found = answer["items"].get(code, {})
            vals_list.append(
                {
                    "item": code,
                    "sequence": sequence,
                    "share": found.get("share", 0.0),
                    "warranty_id": found.get("warranty_id"),
                    "date_end": found.get("date_end"),
                }
            )
        return vals_list

    @api.model
    def _get_state(self, answer, item=None):
        if answer.get("questions"):
            return "question"
        if not answer["covered"]:
            return "none"
        wanted = [item] if item else [code for code, _label in ITEMS]
        shares = [answer["items"].get(code, {}).get("share", 0.0) for code in wanted]
        whole = min(shares) >= 100 and not answer["quantity_uncovered"]
        return "full" if whole else "partial"

    @api.model
    def _to_json(self, value):
        """Return an answer with its dates as text, as JSON can hold it."""
        if isinstance(value, dict):
            return {key: self._to_json(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._to_json(part) for part in value]
        return fields.Date.to_string(value) if hasattr(value, "isoformat") else value

    @api.model
    def _render_answer(self, answer, rows):
        """Return an answer as a table that people can read.

        :param dict answer: of ``asset._assess``, with or without dates as text
        :param list rows: what is paid for, see ``line_ids._get_shown``
        """
        if not answer:
            return False
        return self.env["ir.qweb"]._render(
            "aftersales_addon.aftersales_assessment_answer",
            {
                "rows": rows,
                # The table of items says the same as the checks of items.
                "checks": [
                    check
                    for check in answer.get("checks", [])
                    if not check["code"].startswith("item_")
                ],
                "layers": answer.get("layers", []),
                "questions": answer.get("questions", []),
            },
        )
