from odoo import api, fields, models


class AftersalesContractCaseMixin(models.AbstractModel):
    """Cases of units under a contract: promised times and quota."""

    _name = "aftersales.contract.case.mixin"
    _description = "Service Cases under a Contract"

    case_ids = fields.One2many(
        "aftersales.case",
        "contract_id",
        string="Service Cases",
        groups="base.group_user",
    )
    case_count = fields.Integer(
        compute="_compute_case_count", string="Cases", groups="base.group_user"
    )

    def _compute_case_count(self):
        counts = dict(
            self.env["aftersales.case"]
            # sudo: how many there are; reading them needs rights on them.
            .sudo()
            ._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            # By id: the counts are of records with all rights.
            contract.case_count = counts.get(contract.sudo(), 0)

    def action_view_cases(self):
        """Show the cases of the units under the contract."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Service Cases"),
            "res_model": "aftersales.case",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("contract_id", "=", self.id)],
            "context": {"create": False},
        }

    @api.model
    def _find_in_force(self, wanted):
        """Return the contract that a unit was under on a day, for many at once.

        Of several, the one with a service on request, then the newest.

        :param wanted: pairs of an ``aftersales.asset`` and a day of its company
        :return: ``{(asset, day): aftersales.contract}`` for those under one
        """
        wanted = set(wanted)
        assets = self.env["aftersales.asset"].union(*(asset for asset, _day in wanted))
        lines = self.env["aftersales.contract.line"].search(
            [("asset_id", "in", assets.ids), ("contract_id.date_anchor", "!=", False)],
            order="id desc",
        )
        by_asset = lines.grouped("asset_id")
        result = {}
        for asset, day in wanted:
            fitting = [
                line.contract_id
                for line in by_asset.get(asset, lines.browse())
                if line._is_in_span(day) and line.contract_id._is_served(day)
            ]
            if fitting:
                asked = [c for c in fitting if c._has_request_service()]
                result[asset, day] = (asked or fitting)[0]
        return result

    def _is_served(self, day):
        """Tell whether the customer had service under the contract on a day."""
        self.ensure_one()
        if self.state == "draft":
            return False
        return not any(
            pause.date_first <= day and (not pause.date_last or day <= pause.date_last)
            for pause in self.pause_ids
        )

    def _has_request_service(self):
        self.ensure_one()
        return any(service.schedule == "request" for service in self.service_ids)

    def _get_repair_service(self):
        """Return the service that a visit for a fault is made by, may be empty."""
        self.ensure_one()
        asked = self.service_ids.filtered(lambda s: s.schedule == "request")
        return (asked.filtered(lambda s: s.kind == "repair") or asked)[:1]
