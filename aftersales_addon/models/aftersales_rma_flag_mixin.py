from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_return_figures_mixin import DAYS


class AftersalesRmaFlagMixin(models.AbstractModel):
    """What a person looks at before a return is approved."""

    _name = "aftersales.rma.flag.mixin"
    _description = "Flags of a Return"
    _inherit = ["aftersales.return.figures.mixin"]

    flag_ids = fields.One2many(
        "aftersales.rma.flag", "rma_id", string="Flags", groups="base.group_user"
    )
    flag_status = fields.Selection(
        [("open", "To Look at"), ("fine", "Looked at, Fine")],
        string="Before Approval",
        compute="_compute_flag_status",
        store=True,
        groups="base.group_user",
        help="Whether a person has to look at it before it can be approved.",
    )
    flag_text = fields.Text(
        string="Look at This First",
        compute="_compute_flag_text",
        groups="base.group_user",
    )

    # The queue of what is to be looked at is a few rows of many.
    _flag_index = models.Index("(id) WHERE flag_status = 'open'")

    @api.depends("flag_ids.user_id")
    def _compute_flag_status(self):
        for rma in self:
            flags = rma.sudo().flag_ids
            is_open = any(not flag.user_id for flag in flags)
            rma.flag_status = "open" if is_open else "fine" if flags else False

    @api.depends("flag_ids.reason", "flag_ids.user_id")
    @api.depends_context("lang")
    def _compute_flag_text(self):
        for rma in self:
            # sudo: only what concerns the return that the user may see.
            waiting = rma.sudo().flag_ids.filtered(lambda f: not f.user_id)
            rma.flag_text = "\n".join(waiting.mapped("reason"))

    def action_flags_fine(self):
        """Say that somebody has looked at the returns and found nothing wrong."""
        self.check_access("write")
        waiting = self.flag_ids.filtered(lambda f: not f.user_id)
        if not waiting:
            raise UserError(self.env._("There is nothing to look at."))
        texts = {rma: rma.flag_text for rma in waiting.rma_id}
        waiting._set_fine()
        for rma, text in texts.items():
            rma._message_log(body=self.env._("Looked at, fine: %s", text))

    def _check_flags(self):
        """Refuse an approval before a person has looked at the flags."""
        waiting = self.filtered(lambda r: r.flag_status == "open")
        if waiting:
            raise UserError(
                self.env._(
                    "Look at this first, then press “Looked at, Fine”: %s",
                    "\n".join(f"{rma.name}: {rma.flag_text}" for rma in waiting),
                )
            )

    def _raise_flags(self):
        """Note what a person has to look at before requests are approved.

        What was looked at on the same return before is not asked again.
        """
        vals_list = []
        # sudo: whoever asks for a return does not see what is noted about it.
        for company, rmas in self.sudo().grouped("company_id").items():
            figures = {}
            if company.aftersales_flag_returns or company.aftersales_flag_used_units:
                figures = rmas._get_return_figures_of_customers(
                    rmas.commercial_partner_id, company
                )
            swapped = strange = {}
            if company.aftersales_flag_serial:
                swapped, strange = rmas._find_swapped(), rmas._find_strange_lots()
            for rma in rmas:
                found = figures.get(rma.commercial_partner_id, {})
                vals_list += rma._prepare_share_flags(found)
                vals_list += rma._prepare_number_flags(
                    swapped.get(rma.commercial_partner_id, 0), strange.get(rma, ())
                )
        if not vals_list and not self.sudo().flag_ids:
            return
        self.sudo().flag_ids.filtered(lambda f: not f.user_id).unlink()
        known = {(f.rma_id.id, f.kind) for f in self.sudo().flag_ids}
        self.env["aftersales.rma.flag"].sudo().create(
            [v for v in vals_list if (v["rma_id"], v["kind"]) not in known]
        )

    def _prepare_share_flags(self, figures):
        """Return the values of the flags that follow from sums of a customer.

        :param dict figures: from ``_get_return_figures_of_customers``, may be empty
        """
        self.ensure_one()
        result, company = [], self.company_id
        if not figures:
            return result
        limits = {
            "many": (
                company.aftersales_flag_returns,
                figures["returns"],
                company.aftersales_flag_share,
                figures["unfounded"],
                figures["delivered"],
            ),
            "used": (
                company.aftersales_flag_used_units,
                figures["graded"],
                company.aftersales_flag_used_share,
                figures["used"],
                figures["graded"],
            ),
        }
        for kind, (least, count, limit, part, whole) in limits.items():
            share = self._get_share(part, whole)
            if least and count >= least and share > limit:
                result.append(
                    {
                        "rma_id": self.id,
                        "kind": kind,
                        "part": part,
                        "whole": whole,
                        "share": share,
                        "limit": limit,
                        "count": figures["returns"],
                    }
                )
        return result

    def _prepare_number_flags(self, swapped, lots):
        """Return the values of the flags about serial numbers.

        :param int swapped: in how many returns another number came
        :param lots: ``stock.lot`` records that were not sold to the customer
        """
        self.ensure_one()
        result = []
        if swapped:
            result.append({"rma_id": self.id, "kind": "swapped", "count": swapped})
        for lot in lots:
            result.append({"rma_id": self.id, "kind": "serial", "lot_id": lot.id})
        return result

    def _find_swapped(self):
        """Return in how many returns of each customer another number came."""
        since = fields.Datetime.now() - timedelta(days=DAYS)
        groups = self.env["aftersales.rma.mismatch"]._read_group(
            [
                ("kind", "=", "serial"),
                ("create_date", ">=", since),
                ("company_id", "in", self.company_id.ids),
                (
                    "rma_id.commercial_partner_id",
                    "in",
                    self.commercial_partner_id.ids,
                ),
            ],
            ["rma_id"],
        )
        result = {}
        for (rma,) in groups:
            customer = rma.commercial_partner_id
            result[customer] = result.get(customer, 0) + 1
        return result

    def _find_strange_lots(self):
        """Return the numbers on each request that its customer did not get from us.

        Goods of a known delivery have the number of that delivery already: this is
        about lines that name no delivery.
        """
        lines = self.line_ids.filtered(lambda x: x.lot_id and not x.move_id)
        if not lines:
            return {}
        moves = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lines.lot_id.ids),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        sold = {
            (line.lot_id, line.move_id._aftersales_get_customer().commercial_partner_id)
            for line in moves
        }
        units = self.env["aftersales.asset"].search(
            [("lot_id", "in", lines.lot_id.ids)]
        )
        sold |= {(unit.lot_id, unit.commercial_partner_id) for unit in units}
        result = {}
        for line in lines:
            if (line.lot_id, line.rma_id.commercial_partner_id) not in sold:
                empty = self.env["stock.lot"]
                result[line.rma_id] = result.get(line.rma_id, empty) | line.lot_id
        return result
