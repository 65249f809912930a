import { _t } from "@web/core/l10n/translation";

import { Component, useState } from "@odoo/owl";

import { formatTime, now } from "./moments";

/** Time of work and of the way: one tap to start and to stop, or typed. */
export class VisitTimes extends Component {
    static template = "aftersales_addon.VisitTimes";
    static props = { visit: Object, isOpen: Boolean, canTravel: Boolean, add: Function };

    setup() {
        this.formatTime = formatTime;
        this.state = useState({ kind: "work", start: "", end: "", isTyping: false, message: "" });
    }

    get labels() {
        return { work: _t("Work"), travel: _t("Way") };
    }

    get running() {
        return this.props.visit.times.find((time) => time.is_mine && !time.end);
    }

    length(time) {
        if (!time.end) {
            return _t("running");
        }
        const minutes = Math.round((new Date(time.end) - new Date(time.start)) / 60000);
        return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
    }

    start(kind) {
        return this.props.add({ op: "time_start", kind, at: now() });
    }

    stop() {
        return this.props.add({ op: "time_stop", at: now() });
    }

    async save() {
        const { kind, start, end } = this.state;
        const [from, to] = [new Date(start), new Date(end)];
        if (!(from < to)) {
            this.state.message = _t("Type from when to when.");
            return;
        }
        await this.props.add({
            op: "time",
            kind,
            start: from.toISOString(),
            end: to.toISOString(),
        });
        Object.assign(this.state, { start: "", end: "", isTyping: false, message: "" });
    }

    remove(time) {
        return this.props.add({ op: "remove_time", id: time.id });
    }
}
