import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, useState } from "@odoo/owl";

/** One field for the warehouse: a scanned number opens the receipt that it is of. */
export class AftersalesReceive extends Component {
    static template = "aftersales_addon.Receive";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ text: "", message: "", busy: false });
        useAutofocus({ refName: "number" });
    }

    async onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            await this.find();
        } else if (ev.key === "Escape") {
            this.state.text = "";
            this.state.message = "";
        }
    }

    /** A scanner types the number and presses Enter. */
    async find() {
        const text = this.state.text.trim();
        if (!text || this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const found = await this.orm.call("aftersales.rma", "find_receipt", [text]);
            this.state.message = found.message || "";
            this.state.text = "";
            if (found.action) {
                await this.action.doAction(found.action);
            }
        } finally {
            this.state.busy = false;
        }
    }

    openAll() {
        return this.action.doAction("aftersales_addon.aftersales_rma_action", {
            additionalContext: { search_default_expected: 1 },
        });
    }

    get placeholder() {
        return _t("Return, serial or tracking number");
    }
}

registry.category("actions").add("aftersales_receive", AftersalesReceive);
