from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesContractUnitMixin(models.AbstractModel):
    """Installed products that come under a contract and leave it again."""

    _name = "aftersales.contract.unit.mixin"
    _description = "Installed Products of a Contract"

    unit_count = fields.Integer(string="Units", compute="_compute_unit_count")

    def _compute_unit_count(self):
        for today, contracts in self._group_by_today():
            for contract in contracts:
                day = min(max(today, contract.date_start), contract.date_end or today)
                lines = contract.line_ids.filtered(
                    lambda line, at=day: line.asset_id and line._is_in_span(at)
                )
                contract.unit_count = len(lines.asset_id)

    @api.constrains("partner_id", "date_start", "date_end")
    def _check_lines(self):
        # Those in force are changed by steps, which see to their lines.
        lines = self.filtered(lambda contract: contract.state == "draft").line_ids
        lines._check_owner()
        lines._check_within()

    def _get_units(self, day):
        """Return the lines whose installed product is under the contract on a day.

        :param date day: a day of the company
        :return: ``aftersales.contract.line``
        """
        held = self.filtered(lambda contract: contract._is_paused_on(day))
        return (self - held).line_ids.filtered(
            lambda line: line.asset_id and line._is_in_span(day)
        )

    def action_view_units(self):
        """Show the installed products under these contracts."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_asset_action"
        )
        return {
            **action,
            "domain": [("id", "in", self.line_ids.asset_id.ids)],
            "context": {"create": False},
        }

    def _check_overlaps(self):
        """Refuse to start contracts over units that have the same promised already."""
        self.line_ids._refuse_overlaps()

    def action_add_units(self):
        """Open the dialog that puts more units of the customer under the contract."""
        self.ensure_one()
        self._check_state(("draft", "running", "to_renew", "paused"))
        return self._open_dialog(
            "aftersales.contract.add.units", self.env._("Add Units")
        )

    def action_remove_units(self):
        """Open the dialog that takes units out of the contract."""
        self.ensure_one()
        self._check_state(("running", "to_renew", "paused"))
        return self._open_dialog(
            "aftersales.contract.remove.units", self.env._("Remove Units")
        )

    def _add_units(self, units, day, reason, **vals):
        """Put units under the contract from a day on.

        :param units: ``aftersales.asset`` records of the customer
        :param date day: the first day
        :param str reason: kept with the new version of a contract in force
        :param vals: more values of the lines: price, product, taxes
        :return: the new ``aftersales.contract.line`` records
        """
        self.ensure_one()
        wrong = units.filtered(lambda unit: unit.state != "in_use")
        if wrong:
            raise UserError(
                self.env._(
                    "These are not in use any more: %s. Take them out.",
                    ", ".join(wrong[:5].mapped("display_name")),
                )
            )
        # sudo: a contract in force is changed by its steps only.
        lines = self.line_ids.sudo().create(
            [
                {
                    "contract_id": self.id,
                    "asset_id": unit.id,
                    "name": unit.display_name,
                    "date_from": day if day > self.date_start else False,
                    **vals,
                }
                for unit in units
            ]
        )
        self._note_overlaps(lines)
        if self.state != "draft":
            self._add_version(reason)
            self._follow_up()
        return lines

    def _note_overlaps(self, lines):
        """Keep who put units under two contracts on purpose."""
        self.ensure_one()
        meant = lines.filtered("allow_overlap")
        overlaps = meant._get_overlaps()
        if overlaps:
            self._message_log(
                body=self.env._(
                    "Under two contracts on purpose: %s",
                    "; ".join(
                        f"{line.asset_id.display_name} "
                        f"({other.contract_id.display_name})"
                        for line, other in overlaps.items()
                    ),
                )
            )

    def _remove_lines(self, lines, last_day, reason):
        """End lines of a contract in force with a day.

        Lines that would not have begun by then are taken out altogether.

        :param lines: ``aftersales.contract.line`` records
        :param date last_day: their last day, included; the day before the first one
            for units that never were under the contract
        :param str reason: kept with the new version
        """
        self.ensure_one()
        # sudo: a contract in force is changed by its steps only.
        lines = lines.sudo() & self.sudo().line_ids
        never = lines.filtered(lambda x: (x.date_from or self.date_start) > last_day)
        rest = lines - never
        for day, group in rest.grouped(
            lambda x: min(x.date_to or last_day, last_day)
        ).items():
            group.date_to = day
        if never and never == self.sudo().line_ids:
            raise UserError(
                self.env._("Nothing would be left of the contract. Cancel it instead.")
            )
        if never:
            self._stop_lines(never)
        self._add_version(reason)
        self._follow_up()

    def _stop_lines(self, lines):
        """Take out lines that never came into force."""
        rows = self.env["aftersales.visit.line"].sudo()
        planned = rows.search([("contract_line_id", "in", lines.ids)])
        # What was invoiced is credited, what was planned is told.
        kept = lines.filtered("bill_ids") | planned.contract_line_id
        kept._undo()
        (lines - kept).unlink()
