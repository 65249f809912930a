from odoo import fields, models
from odoo.exceptions import LockError, UserError

from .aftersales_rma_line_receipt_mixin import TAKEN_FOR_GOOD


class AftersalesRmaMismatchDecisionMixin(models.AbstractModel):
    """What a person decides about goods that nobody expected."""

    _name = "aftersales.rma.mismatch.decision.mixin"
    _description = "Decision about Unexpected Goods"

    def action_open(self):
        """Open what came, to decide about it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unexpected Goods"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_accept(self):
        """Take the goods in place of what was expected, and tell the customer."""
        for row in self._begin(("open",)):
            row._accept()
        return True

    def action_add(self):
        """Take the goods as a line of their own."""
        for row in self._begin(("open",)):
            row._add_line()
        return True

    def action_raise(self):
        """Raise the line by what came, as far as the order allows."""
        for row in self._begin(("open",)):
            row._raise_line()
        return True

    def action_quarantine(self):
        """Keep the goods apart until it is clear what becomes of them."""
        rows = self._begin(("open",))
        rows._move_to_quarantine()
        rows._end("quarantine")
        return True

    def action_send_back(self):
        """Prepare the delivery of the goods back to who sent them."""
        rows = self._begin(("open", "quarantine"))
        rows._prepare_way_back()
        rows._end("back")
        return True

    def _begin(self, states):
        """Check that a decision may be taken, by this person and now.

        :param tuple states: from which it may
        :return: the same records, with the rights to do what follows from it
        """
        self.rma_id.check_access("write")
        self.check_access("write")
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody decides about these goods just now. Look again.")
            ) from error
        labels = dict(self._fields["state"]._description_selection(self.env))
        for row in self:
            if row.state not in states:
                raise UserError(
                    self.env._(
                        "It was decided already what becomes of %(goods)s: "
                        "%(decision)s.",
                        goods=row.display_name,
                        decision=labels[row.state],
                    )
                )
        # sudo: what moves and changes follows from the decision.
        return self.sudo()

    def _end(self, state, **vals):
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.user.id,
                "date_decided": fields.Datetime.now(),
                **vals,
            }
        )
        labels = dict(self._fields["state"]._description_selection(self.env))
        for rma, rows in self.grouped("rma_id").items():
            rma._message_log(
                body=self.env._(
                    "Decided about unexpected goods: %(goods)s: %(decision)s.",
                    goods=", ".join(rows.mapped("display_name")),
                    decision=labels[state],
                )
            )

    # --- In place of what was expected ---

    def _accept(self):
        line, quantity = self._get_accepted_part()
        part = line._split_off(quantity)
        policy = part.policy_id
        if self.product_id == part.product_id:
            part.write({"lot_id": self.lot_id.id, "asset_id": False})
        else:
            # What was expected stays with the customer, who is paid for it all the
            # same: the order's delivery does not change.
            part.write(
                {
                    "product_id": self.product_id.id,
                    "lot_id": self.lot_id.id,
                    "uom_id": self.uom_id.id,
                    "quantity": self.quantity,
                    "asset_id": False,
                    "move_id": False,
                    "is_kept": True,
                }
            )
            part.policy_id = policy
        self._link_receipt(part)
        (line | part)._cancel_surplus_receipts()
        self._end("accepted", result_line_id=part.id)
        self._tell_customer()

    def _get_accepted_part(self):
        """Return the line and how much of it the goods stand for, in its unit."""
        line = self.line_id
        if not line:
            raise UserError(
                self.env._(
                    "In place of what do you take %s? Choose the line first.",
                    self.display_name,
                )
            )
        if not line.uom_id._has_common_reference(self.uom_id):
            raise UserError(
                self.env._(
                    "%(came)s and %(expected)s are not measured alike. Add it as a "
                    "line of its own.",
                    came=self.product_id.display_name,
                    expected=line.product_id.display_name,
                )
            )
        quantity = self.uom_id._compute_quantity(
            self.quantity, line.uom_id, rounding_method="HALF-UP"
        )
        missing = line.quantity_expected - line.quantity_received
        if line.uom_id.compare(quantity, missing) > 0:
            raise UserError(
                self.env._(
                    "Only %(missing)s of %(goods)s are still expected. Add what came "
                    "as a line of its own, or send it back.",
                    missing=line.uom_id._aftersales_format(max(missing, 0.0)),
                    goods=line.product_id.display_name,
                )
            )
        return line, quantity

    def _tell_customer(self):
        rma = self.rma_id.with_context(lang=self.rma_id._get_customer_lang())
        row = self.with_env(rma.env)
        rma.message_post(
            body=rma.env._(
                "We expected %(expected)s and received %(came)s. We take it in its "
                "place.",
                expected=row.expected or row.line_id.display_name,
                came=row.display_name,
            ),
            partner_ids=rma.partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )

    # --- A line of its own ---

    def _add_line(self):
        rma, like = self.rma_id, self.line_id or self.rma_id.line_ids[:1]
        source = self._find_source()
        asset = self.env["aftersales.asset"].search(
            [("move_id", "=", source.id), ("lot_id", "=", self.lot_id.id)], limit=1
        )
        line = self.env["aftersales.rma.line"].create(
            {
                "rma_id": rma.id,
                "product_id": self.product_id.id,
                "lot_id": self.lot_id.id,
                "quantity": self.quantity,
                "uom_id": self.uom_id.id,
                "move_id": source.id,
                "sale_line_id": source.sale_line_id.id,
                "asset_id": asset.id if source else False,
                "reason_id": like.reason_id.id,
                "remedy": like.remedy if like.remedy != "exchange" else "refund",
            }
        )
        line._check_returnable()
        self._link_receipt(line)
        self._end("added", result_line_id=line.id)

    def _find_source(self):
        """Return the delivery that brought the goods to this customer, if known."""
        domain = [
            ("product_id", "=", self.product_id.id),
            ("state", "=", "done"),
            ("company_id", "=", self.company_id.id),
            ("location_dest_id.usage", "=", "customer"),
            ("date", "<=", self.move_id.date),
        ]
        customer = self.rma_id.commercial_partner_id
        if self.lot_id:
            domain.append(("move_line_ids.lot_id", "=", self.lot_id.id))
        else:
            domain += [
                "|",
                ("partner_id", "child_of", customer.id),
                ("sale_line_id.order_id.partner_id", "child_of", customer.id),
            ]
        moves = self.env["stock.move"].search(domain, order="date desc, id desc")
        moves = moves.filtered(
            lambda m: (
                m._aftersales_is_delivery()
                and m._aftersales_get_customer().commercial_partner_id == customer
            )
        )
        left = moves._aftersales_get_returnable()
        quantity = self.uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )
        return moves.filtered(
            lambda m: (
                m.product_id.uom_id.compare(
                    m._aftersales_get_left(left, self.lot_id), quantity
                )
                >= 0
            )
        )[:1]

    # --- More of the same ---

    def _raise_line(self):
        line = self.line_id
        if self.kind != "excess" or not line or line.product_id != self.product_id:
            raise UserError(
                self.env._(
                    "%s was not announced on any line. Add it as a line of its own.",
                    self.display_name,
                )
            )
        line.quantity += self.uom_id._compute_quantity(
            self.quantity, line.uom_id, rounding_method="HALF-UP"
        )
        line._check_returnable()
        self._link_receipt(line)
        self._end("raised", result_line_id=line.id)

    def _link_receipt(self, line):
        """Let the receipt that brought the goods be that of a return line.

        :param line: ``aftersales.rma.line``
        """
        move = self.move_id
        same = line.product_id == line.sale_line_id.product_id
        move.write(
            {
                "aftersales_rma_line_id": line.id,
                "origin_returned_move_id": line.move_id.id,
                "sale_line_id": same and line.sale_line_id.id,
            }
        )
        move.to_refund = line.remedy in TAKEN_FOR_GOOD and not line.is_kept
        move._aftersales_correct_done()
