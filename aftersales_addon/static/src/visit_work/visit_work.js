import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";

import { DraftStore } from "./draft_store";
import { formatDay, formatTime } from "./moments";
import { VisitForm } from "./visit_form";
import { VisitSync } from "./visit_sync";

const MODEL = "aftersales.visit";
// Browsers stop a worker that has nothing to do for half a minute.
const AWAKE = 20000;

/** The technician's day: my visits, and one of them at a time. */
export class AftersalesVisitWork extends Component {
    static template = "aftersales_addon.VisitWork";
    static components = { VisitForm };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.store = new DraftStore(`${session.db}|${user.userId}`);
        this.state = useState({ visitId: 0, visits: [], today: "", message: "", waiting: {} });
        this.syncs = {};
        this.store.own();
        this.stayAwake();
        const awake = browser.setInterval(() => this.stayAwake(), AWAKE);
        onWillUnmount(() => browser.clearInterval(awake));
        onWillUnmount(() => {
            // A reload comes back to the visit, a click on the menu does not.
            browser.sessionStorage.removeItem(this.storeKey);
            Object.values(this.syncs).forEach((sync) => sync.close());
        });
        onWillStart(async () => {
            this.state.visitId = this.startId;
            if (!this.state.visitId) {
                await this.loadList();
            }
        });
    }

    /** The browser's worker keeps the page for a reload as long as it hears of us. */
    async stayAwake() {
        const worker = await browser.navigator.serviceWorker?.getRegistration();
        worker?.active?.postMessage("aftersales_visit_open");
    }

    get storeKey() {
        return `aftersales_visit_open|${this.store.owner}`;
    }

    /** The visit that was asked for, else the one that was open before a reload. */
    get startId() {
        const { params, context } = this.props.action;
        const asked = params?.visit_id || context?.visit_id || 0;
        return asked || Number(browser.sessionStorage.getItem(this.storeKey)) || 0;
    }

    /** What was typed goes on being sent when another visit is open. */
    getSync(visitId) {
        const { orm, store } = this;
        this.syncs[visitId] ||= new VisitSync({ orm, store, visitId });
        return this.syncs[visitId];
    }

    /** Send what is left of before, and tell of which visits. */
    async sendLeftOvers() {
        const waiting = {};
        for (const name of await this.store.names()) {
            const visitId = Number(name.replace("visit-", ""));
            if (!visitId) {
                continue;
            }
            const sync = this.getSync(visitId);
            if (!sync.work) {
                await sync.restore();
            }
            if (!sync.isEmpty) {
                sync.onChange = () => {
                    this.state.waiting[visitId] = sync.pending.length + sync.aside.length;
                };
                waiting[visitId] = sync.pending.length + sync.aside.length;
                sync.flush();
            }
        }
        this.state.waiting = waiting;
    }

    async loadList() {
        const kept = await this.store.read("list");
        if (kept) {
            Object.assign(this.state, kept);
        }
        try {
            const found = await this.orm.silent.call(MODEL, "get_my_work", []);
            Object.assign(this.state, found, { message: "" });
            await this.store.write("list", found);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.message = _t("No line to the server: this is the list of before.");
        }
        await this.sendLeftOvers();
    }

    get groups() {
        const { visits, today } = this.state;
        const open = (visit) => !["done", "not_done"].includes(visit.state);
        const groups = [
            [_t("Left Over"), visits.filter((v) => v.day < today && open(v))],
            [_t("Today"), visits.filter((v) => v.day === today && open(v))],
            [_t("Next Days"), visits.filter((v) => v.day > today && open(v))],
            [_t("Finished Today"), visits.filter((v) => !open(v))],
        ];
        return groups
            .filter(([, found]) => found.length)
            .map(([title, found]) => ({ title, visits: found }));
    }

    when(visit) {
        const day = visit.day === this.state.today ? "" : formatDay(visit.day);
        const time = visit.start ? `${formatTime(visit.start)} – ${formatTime(visit.end)}` : "";
        return [day, time].filter(Boolean).join(", ") || _t("No time arranged");
    }

    open(visitId) {
        browser.sessionStorage.setItem(this.storeKey, visitId);
        this.state.visitId = visitId;
    }

    async close() {
        browser.sessionStorage.removeItem(this.storeKey);
        this.state.visitId = 0;
        await this.loadList();
    }
}

registry.category("actions").add("aftersales_visit_work", AftersalesVisitWork);
