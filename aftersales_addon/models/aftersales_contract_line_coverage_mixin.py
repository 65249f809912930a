from datetime import date

from odoo import models

from ..tools.spans import without


class AftersalesContractLineCoverageMixin(models.AbstractModel):
    """On which days a unit is covered by its contract."""

    _name = "aftersales.contract.line.coverage.mixin"
    _description = "Coverage of a Contract Line"

    def _get_covered_spans(self):
        """Return the days on which the unit is covered, as spans in order.

        :return: a list of ``(first day, last day)``, both included
        """
        self.ensure_one()
        contract = self.contract_id
        span = self._get_span()
        if not span or not contract.date_anchor or contract.state == "draft":
            return []
        pauses = [
            (pause.date_first, pause.date_last or date.max)
            for pause in contract.pause_ids
        ]
        return without([span], pauses)

    def _fit_layers(self, layers, spans, version):
        """Bring the layers of the line in line with its spans, in their order.

        :param layers: ``aftersales.warranty`` records, in the order of their start
        :param list spans: the days that are covered
        :param version: the terms they are covered under
        :return: the spans that have no layer yet
        """
        self.ensure_one()
        held = layers.filtered(lambda w: w.version_id == version)
        (layers - held)._set_closed("manual")
        for layer, (first, last) in zip(held, spans, strict=False):
            vals = layer._prepare_contract_dates(version, first, last)
            if layer.state == "closed" and layer.close_reason == "manual":
                layer._set_open({"manual"})
            changed = {k: v for k, v in vals.items() if layer[k] != v}
            if changed:
                layer.write(changed)
        held[len(spans) :]._set_closed("manual")
        return spans[len(held) :]
