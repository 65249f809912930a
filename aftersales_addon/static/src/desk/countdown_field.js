import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { describeCountdown, useClock } from "./countdown";

import { Component } from "@odoo/owl";

/** Hours and minutes that are left until a moment. */
export class CountdownField extends Component {
    static template = "aftersales_addon.CountdownField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useClock();
    }

    get due() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.due ? describeCountdown(this.due, this.clock.now) : "";
    }

    get title() {
        return this.due ? formatDateTime(this.due) : "";
    }
}

export const countdownField = {
    component: CountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("aftersales_countdown", countdownField);
