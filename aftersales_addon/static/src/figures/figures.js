import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart } from "@odoo/owl";

/** What those who run after-sales look at first; each figure opens its records. */
export class AftersalesFigures extends Component {
    static template = "aftersales_addon.Figures";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    get rising() {
        return _t("More than a year ago");
    }

    get falling() {
        return _t("Less than a year ago");
    }

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        onWillStart(async () => {
            this.data = await this.orm.call("aftersales.figures", "get_figures", []);
        });
    }

    amount(value, currencyId) {
        return formatMonetary(value, { currencyId: currencyId || this.data.currency_id });
    }

    number(value) {
        return formatFloat(value, { digits: [16, 1] });
    }

    /** A rate as text; a dash where nothing was counted. */
    rateValue(rate) {
        return rate.value === null ? "–" : this.number(rate.value);
    }

    rateColor(rate) {
        if (rate.value === null || rate.earlier === null || rate.value === rate.earlier) {
            return "text-muted";
        }
        const rises = rate.value > rate.earlier;
        return rises === (rate.better === "more") ? "text-success" : "text-danger";
    }

    rateBefore(rate) {
        return rate.earlier === null
            ? _t("nothing to compare with")
            : _t("%s before", this.number(rate.earlier));
    }

    /** The width of a bar of open work, in percent of the longest one. */
    tileWidth(tiles, tile) {
        const most = Math.max(1, ...tiles.map((t) => t.count));
        return `width: ${Math.round((100 * tile.count) / most)}%`;
    }

    costWidth(cost, row) {
        const most = Math.max(0.01, ...cost.rows.map((r) => r.amount));
        return `width: ${Math.max(0, Math.round((100 * row.amount) / most))}%`;
    }

    /** Returns are counted, costs are money. */
    costValue(cost, row) {
        return cost.name === "returns" ? this.number(row.amount) : this.amount(row.amount);
    }

    openTile(tile) {
        return this.openRecords(tile.label, tile.model, tile.domain);
    }

    openRate(rate) {
        return this.openRecords(rate.label, rate.model, rate.domain, rate.measure);
    }

    openCost(cost, row) {
        return this.openRecords(row.name, cost.model, row.domain, cost.measure);
    }

    /** The list shows the measure that the figure is made of. */
    openRecords(name, model, domain, measure) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            context: measure ? { aftersales_measure: measure } : {},
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    async openProduct(row) {
        const model = "aftersales.product.report";
        return this.action.doAction(await this.orm.call(model, "action_open", [[row.id]]));
    }

    openCustomer(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: row.partner_id,
            views: [[false, "form"]],
        });
    }

    openAction(xmlId) {
        return this.action.doAction(xmlId);
    }
}

registry.category("actions").add("aftersales_figures", AftersalesFigures);
