import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { url } from "@web/core/utils/urls";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { useSearchBox } from "../search_box/search_box";

import { Component, onWillStart } from "@odoo/owl";

const MODEL = "aftersales.asset";
const ACTION = "aftersales_addon.aftersales_asset_action";

/** First screen of the application: is it covered, and what needs attention. */
export class AftersalesOverview extends Component {
    static template = "aftersales_addon.Overview";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    get nothingFound() {
        return _t("Nothing found for “%s”.", this.box.text);
    }

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.box = useSearchBox({
            refName: "search",
            find: (text) => this.orm.silent.call(MODEL, "get_overview_matches", [text]),
            take: () => this.openSearch(),
        });
        onWillStart(async () => {
            this.data = await this.orm.call(MODEL, "get_overview", []);
        });
    }

    get tiles() {
        const { tiles } = this.data;
        return [
            ["covered", _t("Covered"), "success", "fa-shield"],
            ["expiring", _t("Expiring in 30 Days"), "warning", "fa-hourglass-end"],
            ["expiring_90", _t("Expiring in 90 Days"), "info", "fa-hourglass-half"],
            ["expired", _t("Expired"), "danger", "fa-calendar-times-o"],
            ["no_warranty", _t("No Warranty"), "secondary", "fa-ban"],
            ["returned_this_month", _t("Returned This Month"), "secondary", "fa-undo"],
        ].map(([filter, label, color, icon]) => ({
            filter,
            label,
            icon,
            color: tiles[filter] ? color : "secondary",
            count: tiles[filter],
        }));
    }

    get lists() {
        return [
            {
                name: "expiring",
                title: _t("Expiring Soon"),
                rows: this.data.expiring,
                empty: _t("Nothing expires in the next 30 days."),
            },
            {
                name: "delivered",
                title: _t("Delivered Lately"),
                rows: this.data.delivered,
                empty: _t("Nothing was delivered yet."),
            },
        ];
    }

    badgeClass(row) {
        const colors = {
            waiting: "info",
            covered: "success",
            expiring: "warning",
            expired: "danger",
        };
        return `text-bg-${colors[row.coverage_state] || "300"}`;
    }

    imageUrl(row) {
        return url("/web/image/product.product/" + row.product_id + "/image_128");
    }

    /** A scanner types the number and presses Enter: one hit opens the unit. */
    async openSearch() {
        const text = this.box.text.trim();
        if (!text) {
            return this.action.doAction(ACTION);
        }
        const matches = await this.box.search();
        if (matches.length === 1) {
            return this.openUnit(matches[0].id);
        }
        if (matches.length) {
            return this.openList({ search_default_display_name: text });
        }
    }

    openTile(filter) {
        return this.openList({ [`search_default_${filter}`]: 1 });
    }

    openMore(name) {
        return this.openList(
            name === "expiring"
                ? { search_default_expiring: 1 }
                : { search_default_in_use: 1 }
        );
    }

    async openList(context) {
        const action = await this.action.loadAction(ACTION);
        return this.action.doAction({ ...action, context });
    }

    openUnit(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    addUnit() {
        const text = this.box.text.trim();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            views: [[false, "form"]],
            context: { default_serial_number: text },
        });
    }

    openAction(xmlId) {
        return this.action.doAction(xmlId);
    }

    newPolicy() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "aftersales.warranty.policy",
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("aftersales_overview", AftersalesOverview);
