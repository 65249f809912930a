import { _t } from "@web/core/l10n/translation";

import { Component } from "@odoo/owl";

import { scalePhoto } from "./photo";

/** One thing to look at: a tick, a value with limits, a photo or words. */
export class VisitCheck extends Component {
    static template = "aftersales_addon.VisitCheck";
    static props = { check: Object, isOpen: Boolean, add: Function };

    get check() {
        return this.props.check;
    }

    get inputId() {
        return `check_${this.check.line_id}_${this.check.item_id || this.check.id}`;
    }

    get target() {
        const { id, line_id, item_id } = this.check;
        return item_id ? { line_id, item_id } : { id };
    }

    get isOutside() {
        const { kind, has_value, has_limits, value, min, max, is_na } = this.check;
        const number = Number(value);
        return kind === "value" && has_value && has_limits && !is_na && (number < min || number > max);
    }

    get isMissing() {
        const { kind, is_required, is_na, is_ticked, has_value, text, photos } = this.check;
        if ((is_na || this.isOutside) && !(this.check.note || "").trim()) {
            return true;
        }
        const answers = { tick: is_ticked, value: has_value, text, photo: photos.length };
        return is_required && !is_na && !answers[kind];
    }

    get noteLabel() {
        return this.isOutside ? _t("What was done about it?") : _t("Why does it not apply?");
    }

    photoUrl(photo) {
        return photo.data || `/web/image/${photo}/160x160`;
    }

    change(values, options) {
        const base = {};
        for (const name of Object.keys(values)) {
            base[name] = this.check[name];
        }
        return this.props.add({ op: "check", ...this.target, values, base }, options);
    }

    onTick(ev) {
        this.change({ is_ticked: ev.target.checked });
    }

    onValue(ev) {
        const text = ev.target.value;
        const number = Number(text.replace(",", "."));
        if (text !== "" && !Number.isFinite(number)) {
            return;
        }
        this.change({ value: text === "" ? 0 : number, has_value: text !== "" }, { soon: false });
    }

    onText(name, ev) {
        this.change({ [name]: ev.target.value }, { soon: false });
    }

    onNotApplicable(ev) {
        this.change({ is_na: ev.target.checked });
    }

    async onPhoto(ev) {
        for (const file of ev.target.files) {
            const data = await scalePhoto(file);
            await this.props.add({ op: "check_photo", ...this.target, data });
        }
        ev.target.value = "";
    }
}
