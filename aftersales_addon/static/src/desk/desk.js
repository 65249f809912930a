import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { useSearchBox } from "../search_box/search_box";
import { describeCountdown, useClock } from "./countdown";

import { Component, onWillStart } from "@odoo/owl";

const MODEL = "aftersales.case";
const ACTION = "aftersales_addon.aftersales_case_action";

/** What an agent starts the day with, and a case for whoever is on the phone. */
export class AftersalesDesk extends Component {
    static template = "aftersales_addon.Desk";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.clock = useClock();
        this.box = useSearchBox({
            refName: "caller",
            find: (text) => this.orm.silent.call(MODEL, "get_callers", [text]),
            take: () => this.openCaller(),
        });
        onWillStart(async () => {
            this.data = await this.orm.call(MODEL, "get_desk", []);
        });
    }

    get tiles() {
        const looks = {
            mine: [_t("My Open Cases"), "info", "fa-user"],
            late: [_t("Late or Due Soon"), "danger", "fa-clock-o"],
            awaited: [_t("Waiting for Me"), "warning", "fa-reply"],
            unassigned: [_t("Unassigned"), "warning", "fa-inbox"],
            rated: [_t("Satisfied in 7 Days"), "success", "fa-smile-o"],
        };
        return this.data.tiles.map(({ name, count, domain }) => {
            const [label, color, icon] = looks[name];
            const share = this.data.satisfaction;
            return {
                name,
                label,
                icon,
                domain,
                color: count ? color : "secondary",
                value: name !== "rated" ? count : share === false ? "–" : `${share} %`,
            };
        });
    }

    get lists() {
        return [
            {
                name: "next",
                title: _t("Next for Me"),
                rows: this.data.next,
                empty: _t("No case waits for you."),
            },
            {
                name: "unassigned",
                title: _t("Nobody Has Taken"),
                rows: this.data.unassigned,
                empty: _t("Every case has somebody."),
            },
        ];
    }

    countdown(row) {
        return row.due
            ? describeCountdown(deserializeDateTime(row.due), this.clock.now)
            : row.sla_label;
    }

    badgeClass(row) {
        const colors = { late: "danger", soon: "warning", ok: "success" };
        return `text-bg-${colors[row.sla_state] || "300"}`;
    }

    get nobodyFound() {
        return _t("Nobody found for “%s”.", this.box.text);
    }

    /** One hit begins the case at once; otherwise the caller is chosen. */
    async openCaller() {
        const text = this.box.text.trim();
        if (!text) {
            return this.newCase({});
        }
        await this.box.search();
        const { units, customers } = this.box.found || {};
        if (units?.length === 1) {
            return this.newCaseFor(units[0]);
        }
        if (customers?.length === 1 && !units.length) {
            return this.newCase({ default_partner_id: customers[0].id });
        }
        if (units && !units.length && !customers.length) {
            return this.newCase(this.unknownCaller());
        }
    }

    /** What looks like a number is one; all else is the name of somebody new. */
    unknownCaller() {
        const text = this.box.text.trim();
        return /\d/.test(text)
            ? { default_serial_number: text }
            : { default_partner_name: text };
    }

    newCaseFor(unit) {
        return this.newCase({ default_asset_id: unit.id });
    }

    newCase(context) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("New Case"),
            res_model: MODEL,
            views: [[false, "form"]],
            context,
        });
    }

    async openTile(tile) {
        const action = await this.action.loadAction(ACTION);
        return this.action.doAction({
            ...action,
            name: tile.label,
            domain: tile.domain,
            context: {},
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
        });
    }

    openCase(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("aftersales_desk", AftersalesDesk);
