import { isIOS } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { Component, onWillStart, onWillUnmount, useExternalListener, useRef, useState } from "@odoo/owl";

import { formatTime, now } from "./moments";
import { scalePhoto } from "./photo";
import { SignatureField } from "./signature_field";
import { VisitCheck } from "./visit_check";
import { VisitParts } from "./visit_parts";
import { VisitTimes } from "./visit_times";

const BEFORE_WORK = ["planned", "scheduled", "on_way"];

/** One visit on the phone: one column, big targets, nothing lost without a line. */
export class VisitForm extends Component {
    static template = "aftersales_addon.VisitForm";
    static components = { SignatureField, VisitCheck, VisitParts, VisitTimes };
    static props = { sync: Object, onClose: Function };

    setup() {
        this.formatTime = formatTime;
        this.state = useState({
            visit: null,
            sync: {},
            signing: "",
            name: "",
            refusal: "",
            further: "",
            reasons: {},
        });
        this.root = useRef("root");
        this.signBox = useRef("signBox");
        this.orm = useService("orm");
        this.action = useService("action");
        this.sync = this.props.sync;
        this.sync.onChange = () => this.show();
        this.add = this.add.bind(this);
        onWillStart(() => this.sync.load());
        onWillUnmount(() => {
            this.sync.onChange = () => {};
        });
        useExternalListener(window, "online", () => this.sync.retry());
        useExternalListener(window, "beforeunload", (ev) => {
            // What the browser could not keep would be lost with the page.
            if (!this.sync.isStored && this.sync.pending.length) {
                ev.preventDefault();
            }
        });
    }

    show() {
        const { status, message, pending, aside, isStored } = this.sync;
        this.state.visit = this.sync.view;
        this.state.sync = { status, message, count: pending.length, aside: [...aside], isStored };
    }

    add(change, options) {
        return this.sync.add(change, options);
    }

    // What is shown

    get visit() {
        return this.state.visit;
    }

    get syncLabel() {
        const { status, count, isStored } = this.state.sync;
        if (!count && status === "offline") {
            return _t("No line to the server");
        }
        if (!count) {
            return status === "refused" ? _t("Not up to date") : _t("Everything is sent");
        }
        if (!isStored) {
            return _t("Not sent yet, and the browser cannot keep it: stay on this page");
        }
        return status === "sending"
            ? _t("Sending: %s", count)
            : _t("Not sent yet, kept on this device: %s", count);
    }

    get syncClass() {
        const { status, count } = this.state.sync;
        if (status === "refused") {
            return "alert-danger";
        }
        return count || status === "offline" ? "alert-warning" : "alert-success";
    }

    /** What is typed only at the customer's is not in the way before. */
    get hasBegun() {
        return !BEFORE_WORK.includes(this.visit.state);
    }

    get isOpen() {
        return this.visit.state === "in_progress" && !this.visit.is_frozen;
    }

    get mainStep() {
        const { state } = this.visit;
        if (BEFORE_WORK.includes(state)) {
            return { step: "begin", label: _t("Begin the Work") };
        }
        if (state === "in_progress" && this.missingSignature) {
            return { step: "finish", label: _t("Sign and Finish") };
        }
        return state === "in_progress" ? { step: "finish", label: _t("Finish") } : null;
    }

    get mapUrl() {
        const place = encodeURIComponent(this.visit.address);
        return isIOS() ? `maps:?q=${place}` : `geo:0,0?q=${place}`;
    }

    get groups() {
        const { checks, lines } = this.visit;
        const groups = lines.map((line) => ({
            ...line,
            title: line.name || line.service || _t("Unit"),
            checks: checks.filter((check) => check.line_id === line.id),
        }));
        const others = checks.filter((check) => !check.line_id);
        if (others.length) {
            groups.push({ id: 0, title: _t("Checklist"), checks: others });
        }
        return groups;
    }

    photoUrl(photo) {
        return photo.data || `/web/image/${photo}/160x160`;
    }

    describe(change) {
        const labels = {
            check: _t("A check"),
            check_photo: _t("A photo of a check"),
            photo: _t("A photo"),
            work: _t("Findings"),
            reading: _t("A reading: %s", change.value),
            part: _t("A part: %s", change.label),
            time: _t("Time"),
            sign: _t("A signature"),
            further: _t("Follow-up work"),
        };
        const steps = { set_off: _t("Set off"), begin: _t("Begin"), finish: _t("Finish") };
        return labels[change.op] || steps[change.step] || _t("A change");
    }

    /** The words of what was typed, so that they can be read where it is refused. */
    typed(change) {
        return Object.values(change.values || {})
            .filter((value) => typeof value === "string" || typeof value === "number")
            .join(", ");
    }

    // What the technician does

    forcePart(item) {
        return this.sync.settle({ ...item, change: { ...item.change, is_forced: true } }, true);
    }

    /** Why it cannot be done is asked by the platform's dialog, which needs a line. */
    async notDone() {
        await this.sync.flush();
        const action = await this.orm.call("aftersales.visit", "action_not_done", [
            [this.visit.id],
        ]);
        await this.action.doAction(action, { onClose: () => this.sync.refresh() });
    }

    async setOff() {
        await this.add({ op: "step", step: "set_off" });
        await this.add({ op: "time_start", kind: "travel", at: now() });
    }

    /** Who has to sign before the visit is done, and has not: the technician first. */
    get missingSignature() {
        const { needs_signature, date_signed, technician_signed } = this.visit;
        const needs = needs_signature || [];
        if (needs.includes("technician") && !technician_signed) {
            return "technician";
        }
        return needs.includes("customer") && !date_signed ? "customer" : "";
    }

    async doMainStep() {
        const { step } = this.mainStep;
        if (step === "finish" && this.showMissing()) {
            return;
        }
        if (step === "finish" && this.missingSignature) {
            // The box to sign in opens instead: nobody looks for it.
            this.askToSign(this.missingSignature);
            return;
        }
        if (step === "begin") {
            await this.add({ op: "step", step });
            await this.add({ op: "time_start", kind: "work", at: now() });
            return;
        }
        if (!this.visit.is_frozen) {
            await this.add({ op: "time_stop", at: now() });
        }
        await this.add({ op: "step", step });
    }

    onText(name, ev) {
        this.changeWork(name, ev.target.value, { soon: false });
    }

    changeWork(name, value, options) {
        const base = { [name]: this.visit[name] };
        return this.add({ op: "work", values: { [name]: value }, base }, options);
    }

    async onPhoto(ev) {
        for (const file of ev.target.files) {
            await this.add({ op: "photo", data: await scalePhoto(file) });
        }
        ev.target.value = "";
    }

    removePhoto(photo) {
        return this.add({ op: "remove_photo", id: photo });
    }

    /** Only a counter that shows less than before needs a word. */
    onReading(line, ev) {
        const { value } = ev.target;
        this.state.reasons[line.id] = value !== "" && Number(value) < line.last_reading;
    }

    saveReading(line, ev) {
        const form = ev.target;
        const value = form.elements.value.value;
        if (value === "") {
            return;
        }
        this.add({
            op: "reading",
            line_id: line.id,
            value,
            reason: form.elements.reason?.value || "",
        });
        form.reset();
        this.state.reasons[line.id] = false;
    }

    addFurther(kind) {
        const text = this.state.further.trim();
        if (text) {
            this.add({ op: "further", kind, text });
            this.state.further = "";
        }
    }

    /** What is signed does not change: what is missing is answered before. */
    showMissing() {
        const missing = this.isOpen && this.root.el.querySelector(".o_aftersales_missing");
        if (missing) {
            missing.scrollIntoView({ block: "center" });
            missing.querySelector("input, textarea")?.focus({ preventScroll: true });
        }
        return Boolean(missing);
    }

    askToSign(who) {
        if (who !== "technician" && this.showMissing()) {
            return;
        }
        this.state.signing = who;
        if (who === "customer") {
            // Whom we visit signs as a rule; another name is typed over it.
            this.state.name ||= this.visit.contact || "";
        }
        this.signBox.el.scrollIntoView({ block: "center" });
    }

    async sign(image) {
        const who = this.state.signing;
        if (who === "customer") {
            await this.add({ op: "sign", who, name: this.state.name, image, at: now() });
        } else {
            await this.add({ op: "sign", who, image, at: now() });
        }
        this.state.signing = "";
        if (this.missingSignature) {
            this.askToSign(this.missingSignature);
        }
    }

    get refusals() {
        return [_t("Nobody is there"), _t("Does not want to sign")];
    }

    refuseFor(reason) {
        this.state.refusal = reason;
        return this.refuse();
    }

    async refuse() {
        const refusal = this.state.refusal.trim();
        if (refusal) {
            await this.add({ op: "sign", who: "customer", refusal, at: now() });
            this.state.signing = "";
        }
    }
}
