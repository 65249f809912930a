from odoo import models


class AftersalesContractCoverageMixin(models.AbstractModel):
    """The warranty layers that a contract gives its units.

    Each span of days on which a unit is under the contract is a layer; a pause lies
    between two of them. They are worked out anew after each step, so that a defect is
    always judged by what held on its day.
    """

    _name = "aftersales.contract.coverage.mixin"
    _description = "Coverage of a Contract"

    def _sync_coverage(self):
        """Bring the warranty layers of the units in line with the contract."""
        # sudo: layers follow from the contract, whoever takes its steps.
        contracts = self.sudo()
        layers = (
            self.env["aftersales.warranty"]
            .sudo()
            .search(
                [("contract_line_id", "in", contracts.line_ids.ids)],
                order="date_start, id",
            )
            .grouped("contract_line_id")
        )
        none = self.env["aftersales.warranty"].sudo()
        missing = {}
        for contract in contracts:
            version = contract._get_coverage_version(layers)
            for line in contract.line_ids.filtered("asset_id"):
                spans = line._get_covered_spans() if version else []
                rest = line._fit_layers(layers.get(line, none), spans, version)
                for span in rest:
                    missing.setdefault((version, span), []).append(line)
        for (version, span), lines in missing.items():
            self._create_layers(version, span, lines)

    def _get_coverage_version(self, layers):
        """Return the terms of the coverage: those that were sold, if there are any.

        :param dict layers: ``{line: warranties}``
        """
        self.ensure_one()
        policy = self.policy_id
        if not policy:
            return self.env["aftersales.warranty.policy.version"]
        for line in self.line_ids:
            held = layers.get(line)
            if held and held[-1:].policy_id == policy:
                return held[-1:].version_id
        return policy._get_current_versions()[policy]

    def _create_layers(self, version, span, lines):
        """Give units a layer over a span of days.

        :param version: ``aftersales.warranty.policy.version``
        :param span: ``(first day, last day)``
        :param list lines: ``aftersales.contract.line`` records
        """
        first, last = span
        units = self.env["aftersales.asset"].sudo()
        by_unit = {line.asset_id: line for line in lines}
        for unit in by_unit:
            units |= unit
        Warranty = self.env["aftersales.warranty"].sudo()
        Warranty.create(
            [
                {
                    **Warranty._prepare_warranty_vals(version, first),
                    **unit._prepare_layer_owner(),
                    **Warranty._prepare_contract_dates(version, first, last),
                    "contract_line_id": by_unit[unit].id,
                }
                for unit in units
            ]
        )
