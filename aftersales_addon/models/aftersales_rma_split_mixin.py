from odoo import models
from odoo.exceptions import UserError

OPEN = ("draft", "requested", "approved")


class AftersalesRmaSplitMixin(models.AbstractModel):
    """A part of a return becomes a return of its own."""

    _name = "aftersales.rma.split.mixin"
    _description = "Split of a Return"

    def _get_splittable(self, line):
        """Return how much of a line can go to another return, in its unit.

        What came, was settled or is ordered already stays where it is.

        :param line: ``aftersales.rma.line``
        """
        # sudo: what follows from orders and receipts that the user may not see.
        line = line.sudo()
        orders = line.replacement_line_ids.order_id
        if orders.filtered(lambda o: o.state != "cancel"):
            return 0.0
        used = max(
            line.quantity_received,
            line.quantity_refunded,
            line.quantity_replaced,
            sum(line.disposition_ids.mapped("quantity")),
        )
        return max(line.uom_id.round(line.quantity - used), 0.0)

    def _split(self, parts):
        """Move quantities of an open return to a new one in the same state.

        :param dict parts: ``{aftersales.rma.line: quantity in its unit}``
        :return: the new return
        """
        self.ensure_one()
        self.check_access("write")
        self._mark_change()
        self._check_can_regroup(self.env._("split"))
        self._check_parts(parts)
        # sudo: the parts keep what was asked for and decided; only their return
        # changes, which the user may write.
        rma = self.sudo()
        new = rma.copy({"line_ids": []})
        lines = rma.line_ids.browse([line.id for line in parts])
        moved = lines.browse()
        for line in lines:
            policy = line.policy_id
            part = line._split_off(parts[line])
            part.policy_id = policy
            moved |= part
        moved.rma_id = new
        # While the new return is a draft, nothing of it is expected.
        (lines | moved)._cancel_surplus_receipts()
        rma.picking_ids.move_ids.filtered(
            lambda m: (
                m.state not in ("done", "cancel", "draft")
                and m._aftersales_is_return()
                and not m.move_line_ids
            )
        )._action_assign()
        rma._copy_flags(new)
        if rma.state != "draft":
            new._set_state(
                rma.state,
                date_requested=rma.date_requested,
                date_decided=rma.date_decided,
                decided_by_id=rma.decided_by_id.id,
            )
            new._create_receipts()
        self._tell_split(new)
        return new.with_env(self.env)

    def _check_parts(self, parts):
        """Refuse parts that cannot leave, and a split that leaves nothing."""
        if not parts or set(parts) - set(self.line_ids):
            raise UserError(
                self.env._("Which goods go to the new return? Type in quantities.")
            )
        for line, quantity in parts.items():
            most = self._get_splittable(line)
            if line.uom_id.compare(quantity, 0.0) <= 0:
                raise UserError(self.env._("What is split off is more than zero."))
            if line.uom_id.compare(quantity, most) > 0:
                raise UserError(
                    self.env._(
                        "At most %(most)s of %(goods)s can go to a new return: what "
                        "came, was refunded or is being replaced stays.",
                        most=line.uom_id._aftersales_format(most),
                        goods=line.display_name,
                    )
                )
        if all(
            line.uom_id.compare(parts.get(line, 0.0), line.quantity) >= 0
            for line in self.line_ids
        ):
            raise UserError(
                self.env._(
                    "Something has to stay in %s. Leave a part of it.", self.name
                )
            )

    def _copy_flags(self, new):
        """A part of what has to be looked at has to be looked at, too."""
        for flag in self.flag_ids:
            flag.copy({"rma_id": new.id, "user_id": flag.user_id.id, "date": flag.date})

    def _tell_split(self, new):
        self._message_log(
            body=self.env._("A part of it goes on in %s.", new._get_html_link())
        )
        new._message_log(body=self.env._("Split off from %s.", self._get_html_link()))

    def _check_can_regroup(self, wanted):
        """Refuse to split or merge what is settled or waits for the customer."""
        self._check_state(OPEN, wanted)
        for rma in self:
            if rma.sudo().proposal_state == "open":
                raise UserError(
                    self.env._(
                        "The customer has not answered the proposal of %s yet. "
                        "Withdraw it first.",
                        rma.name,
                    )
                )

    def _mark_change(self):
        """Let two changes of the same returns at the same moment meet.

        The second one is tried again by the platform, and sees what the first did.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE aftersales_rma AS rma SET write_date = rma.write_date
              FROM (SELECT id FROM aftersales_rma WHERE id IN %s
                     ORDER BY id FOR NO KEY UPDATE) AS locked
             WHERE rma.id = locked.id
            """,
            [tuple(sorted(self.ids))],
        )
        self.invalidate_recordset()
