from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesRmaMergeMixin(models.AbstractModel):
    """Open returns of a customer become one."""

    _name = "aftersales.rma.merge.mixin"
    _inherit = ["aftersales.merge.mixin"]
    _description = "Merge of Returns"

    merged_into_id = fields.Many2one(
        "aftersales.rma",
        string="Goes On In",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The return that took over its goods.",
    )
    merged_ids = fields.One2many(
        "aftersales.rma",
        "merged_into_id",
        string="Took Over",
        groups="base.group_user",
    )

    def _merge(self, others):
        """Take over the goods, receipts and messages of other returns.

        The others are cancelled and point to this one.

        :param others: ``aftersales.rma`` records
        """
        self.ensure_one()
        others -= self
        both = self | others
        both.check_access("write")
        both._mark_change()
        both._check_can_merge()
        # sudo: what belongs to the returns follows them; the user may write both.
        target, sources = self.sudo(), others.sudo()
        target._take_over_facts(sources)
        for rma in sources:
            target._take_over(rma)
        sources._set_state("cancelled", merged_into_id=target.id)
        for rma in others:
            rma._message_log(body=self.env._("Merged into %s.", self._get_html_link()))
        names = ", ".join(others.mapped("name"))
        self._message_log(body=self.env._("Took over %s.", names))
        return self

    def _check_can_merge(self):
        """Refuse to merge returns that are not alike, with what is different."""
        if len(self) < 2:
            raise UserError(self.env._("Choose two returns at least."))
        self._check_can_regroup(self.env._("merged"))
        same = (
            ("company_id", self.env._("They belong to different companies.")),
            (
                "commercial_partner_id",
                self.env._("They belong to different customers."),
            ),
            ("state", self.env._("They are in different states: bring them to one.")),
            ("warehouse_id", self.env._("Their goods go to different warehouses.")),
            ("send_to", self.env._("Their goods go to different places.")),
            ("vendor_id", self.env._("Their goods go to different suppliers.")),
        )
        for name, text in same:
            if len(set(self.mapped(lambda r, n=name: r[n]))) > 1:
                raise UserError(
                    self.env._(
                        "%(returns)s cannot be merged. %(reason)s",
                        returns=", ".join(self.mapped("name")),
                        reason=text,
                    )
                )

    def _take_over_facts(self, sources):
        """Keep what the others say about themselves."""
        vals = {}
        for name in ("reference", "tracking_ref", "tracking_ref_out"):
            texts = dict.fromkeys(filter(None, (self | sources).mapped(name)))
            if texts:
                vals[name] = ", ".join(texts)
        days = (self | sources).filtered("date_requested").mapped("date_requested")
        if days:
            vals["date_requested"] = min(days)
        notes = [note for note in (self | sources).mapped("note") if note]
        if notes:
            vals["note"] = notes[0] + "".join(notes[1:])
        if not self.user_id:
            vals["user_id"] = sources.user_id[:1].id
        typed = (self | sources).filtered("is_cost_typed")
        if typed:
            vals["cost_shipping"] = sum((self | sources).mapped("cost_shipping"))
        self.write(vals)

    def _take_over(self, rma):
        """Move all that belongs to another return to this one."""
        for name in self._get_own_records_fields():
            field = self._fields[name]
            records = rma.with_context(active_test=False)[name]
            records.write({field.inverse_name: self.id})
        open_ones = self.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        open_ones.origin = self.name
        self._take_over_talk(rma)

    def _get_own_records_fields(self):
        """Return the fields that hold what belongs to a return."""
        result = []
        for name, field in self._fields.items():
            if field.type != "one2many" or field.compute or not field.inverse_name:
                continue
            inverse = self.env[field.comodel_name]._fields[field.inverse_name]
            if inverse.type == "many2one" and inverse.store and not inverse.related:
                result.append(name)
        return result

    def _check_not_merged(self):
        """Refuse to take up again what goes on elsewhere."""
        for rma in self:
            # sudo: only its number.
            target = rma.sudo().merged_into_id
            if target:
                raise UserError(
                    self.env._(
                        "%(rma)s goes on in %(target)s.",
                        rma=rma.name,
                        target=target.name,
                    )
                )

    def _get_decision_step(self):
        step = super()._get_decision_step()
        # sudo: the customer may know the number of the own return.
        target = self.sudo().merged_into_id
        if target and self.state == "cancelled":
            step["label"] = self.env._("Goes on in %s", target.name)
        return step
