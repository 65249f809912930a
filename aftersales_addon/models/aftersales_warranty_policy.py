import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import MAX_DURATION
from ..tools.periods import add_period, last_covered_day


class AftersalesWarrantyPolicy(models.Model):
    """The promise as a template.

    Units never look at the policy after they were delivered: they keep the version
    of it that held on the day they were sold.
    """

    _name = "aftersales.warranty.policy"
    _description = "Warranty Policy"
    _inherit = [
        "aftersales.policy.owner.mixin",
        "aftersales.warranty.policy.law.mixin",
        "aftersales.warranty.policy.statutory.mixin",
        "aftersales.provision.rate.mixin",
        "aftersales.warranty.policy.promise.mixin",
        "aftersales.warranty.policy.renewal.mixin",
        "mail.thread",
    ]
    _order = "sequence, name, id"
    _check_company_auto = True
    # A branch delivers under the policies of the company that it belongs to.
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    kind = fields.Selection(
        [
            ("statutory", "Statutory"),
            ("manufacturer", "Manufacturer"),
            ("extended", "Extended"),
            ("contract", "Service Contract"),
        ],
        required=True,
        default="manufacturer",
        tracking=True,
        help="Policies of different kinds hold side by side, as layers: a "
        "commercial warranty never hides the customer's legal rights.",
    )
    duration = fields.Integer(required=True, default=24, tracking=True)
    duration_unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")],
        required=True,
        default="month",
        tracking=True,
    )
    line_ids = fields.One2many(
        "aftersales.warranty.policy.line",
        "policy_id",
        string="Coverage",
        copy=True,
        default=lambda self: self._default_line_ids(),
    )
    terms = fields.Html(
        translate=True,
        help="What the customer reads on the certificate: what is covered, what is "
        "not, and how to claim.",
    )
    version_ids = fields.One2many(
        "aftersales.warranty.policy.version", "policy_id", string="Versions"
    )
    version_number = fields.Integer(
        string="Number of Versions", readonly=True, copy=False, default=0
    )
    warranty_count = fields.Integer(
        string="Warranties", compute="_compute_warranty_count"
    )
    duration_label = fields.Char(
        string="Duration in Words", compute="_compute_duration_label"
    )

    _duration_positive = models.Constraint(
        "CHECK (duration > 0)", "The duration of a warranty is at least one."
    )

    @api.model
    def _default_line_ids(self):
        return [
            fields.Command.create({"item": "parts", "share": 100.0}),
            fields.Command.create({"item": "labour", "share": 100.0}),
        ]

    @api.depends("version_ids")
    def _compute_warranty_count(self):
        counts = dict(
            self.env["aftersales.warranty"]._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.warranty_count = counts.get(policy, 0)

    @api.depends("duration", "duration_unit")
    @api.depends_context("lang")
    def _compute_duration_label(self):
        for policy in self:
            policy.duration_label = self._format_duration(
                policy.duration, policy.duration_unit
            )

    @api.model
    def _format_duration(self, count, unit):
        """Return a duration in words, in the language of the user."""
        if unit == "day":
            return self.env._("1 day") if count == 1 else self.env._("%s days", count)
        if unit == "week":
            return self.env._("1 week") if count == 1 else self.env._("%s weeks", count)
        if unit == "year":
            return self.env._("1 year") if count == 1 else self.env._("%s years", count)
        return self.env._("1 month") if count == 1 else self.env._("%s months", count)

    @api.constrains("duration", "duration_unit")
    def _check_duration(self):
        for policy in self:
            if policy.duration > MAX_DURATION[policy.duration_unit]:
                raise ValidationError(
                    self.env._(
                        "%(duration)s is more than a century. Check the duration of "
                        "the policy “%(policy)s”.",
                        duration=policy.duration_label,
                        policy=policy.name,
                    )
                )
        self.line_ids._check_duration()

    @api.constrains("kind", "company_id", "active")
    def _check_holders_have_one_policy_per_kind(self):
        """A change here may create a clash on a product, a category or a company."""
        # sudo: the clash exists whether or not the user may see the other record.
        for model in ("product.template", "product.product", "product.category"):
            self.env[model].sudo().with_context(active_test=False).search(
                [("aftersales_policy_ids", "in", self.ids)]
            )._check_aftersales_one_policy_per_kind()
        self.env["res.company"].sudo().search(
            [("aftersales_policy_ids", "in", self.ids)]
        )._check_aftersales_one_policy_per_kind()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.sudo().filtered("version_ids")
        if used:
            raise UserError(
                self.env._(
                    "Units were sold with these policies: %s. Archive them instead: "
                    "what was sold keeps its warranty.",
                    ", ".join(used.mapped("name")),
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" in (default or {}):
            return vals_list
        return [
            {**vals, "name": self.env._("%s (copy)", policy.name)}
            for policy, vals in zip(self, vals_list, strict=True)
        ]

    def action_view_warranties(self):
        """Open the warranties that were given under this policy."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_warranty_action"
        )
        return {**action, "domain": [("policy_id", "=", self.id)], "context": {}}

    def _get_kind_label(self):
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_fingerprint(self):
        """Return a hash of all that a unit sold today would be promised."""
        self.ensure_one()
        content = {
            "name": self._fields["name"]._get_stored_translations(self),
            "terms": self._fields["terms"]._get_stored_translations(self),
            "kind": self.kind,
            "duration": [self.duration, self.duration_unit],
            "start_event": self.start_event,
            "lines": [line._get_snapshot() for line in self.line_ids],
            "options": self._prepare_options(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _get_current_versions(self):
        """Return the version of each policy that holds now, made when it is new.

        A new version updates its policy's row first. Two deliveries that both find
        the policy changed therefore conflict on that row: one waits, is told by the
        database that its view is old, and is tried again by the platform.

        :return: ``{policy: aftersales.warranty.policy.version}``
        :rtype: dict
        """
        fingerprints = {policy: policy._get_fingerprint() for policy in self}
        known = {
            (version.policy_id, version.fingerprint): version
            for version in self.env["aftersales.warranty.policy.version"].search(
                [
                    ("policy_id", "in", self.ids),
                    ("fingerprint", "in", list(fingerprints.values())),
                ]
            )
        }
        return {
            policy: known.get((policy, fingerprint))
            or policy._create_version(fingerprint)
            for policy, fingerprint in fingerprints.items()
        }

    def _create_version(self, fingerprint):
        self.ensure_one()
        self.version_number += 1
        self.flush_recordset(["version_number"])
        version = self.env["aftersales.warranty.policy.version"].create(
            self._prepare_version_vals(fingerprint)
        )
        # All languages at once, as they are stored: set one by one, the terms of one
        # language would be taken for a change of the text itself.
        version.flush_recordset()
        self.flush_recordset(["name", "terms"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_warranty_policy_version AS version
                   SET name = policy.name, terms = policy.terms
                  FROM aftersales_warranty_policy AS policy
                 WHERE policy.id = version.policy_id AND version.id = %s
                """,
                version.id,
            )
        )
        version.invalidate_recordset(["name", "terms"])
        return version

    def _prepare_version_vals(self, fingerprint):
        self.ensure_one()
        return {
            "policy_id": self.id,
            "number": self.version_number,
            "fingerprint": fingerprint,
            "name": self.name,
            "terms": self.terms,
            "kind": self.kind,
            "duration": self.duration,
            "duration_unit": self.duration_unit,
            "start_event": self.start_event,
            "lines": [line._get_snapshot() for line in self.line_ids],
            "options": self._prepare_options(),
        }

    def _get_last_day(self, event_day):
        """Return the last covered day for an event on a day."""
        self.ensure_one()
        return last_covered_day(event_day, self.duration, self.duration_unit)

    def _is_longer_than(self, count, unit):
        """Tell whether this policy lasts at least as long as a duration.

        Durations of different units are compared from a leap day on, where a month
        and a year are at their longest.
        """
        self.ensure_one()
        anchor = fields.Date.to_date("2000-02-29")
        return self._get_last_day(anchor) >= add_period(anchor, count, unit)
