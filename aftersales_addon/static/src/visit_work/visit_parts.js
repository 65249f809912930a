import { _t } from "@web/core/l10n/translation";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

import { Component, useState } from "@odoo/owl";

/** Parts: scanned, typed, or chosen from what the server finds. */
export class VisitParts extends Component {
    static template = "aftersales_addon.VisitParts";
    static props = { visit: Object, isOpen: Boolean, add: Function };

    setup() {
        this.orm = useService("orm");
        this.canScan = isBarcodeScannerSupported();
        this.state = useState({
            text: "",
            product: null,
            lot: "",
            quantity: 1,
            lineId: this.props.visit.lines.length === 1 ? this.props.visit.lines[0].id : 0,
            kind: "used",
            removedTo: "customer",
            found: [],
        });
        this.searchSoon = useDebounced(() => this.search(), 300);
    }

    get stateLabels() {
        return {
            planned: "",
            done: _t("Booked"),
            taken_back: _t("Taken back"),
            waiting: _t("Not sent yet"),
        };
    }

    get parts() {
        return this.props.visit.parts.filter((part) => part.state !== "taken_back");
    }

    async search() {
        const text = this.state.text.trim();
        if (text.length < 2 || this.state.product) {
            this.state.found = [];
            return;
        }
        try {
            this.state.found = await this.orm.silent.call("aftersales.visit", "get_parts", [text]);
        } catch {
            // Without a line the number is looked up once it is sent.
            this.state.found = [];
        }
    }

    choose(product) {
        this.state.product = product;
        this.state.text = product.name;
        this.state.found = [];
    }

    onInput() {
        this.state.product = null;
        this.searchSoon();
    }

    async scan() {
        const number = await scanBarcode(this.env);
        if (!number) {
            return;
        }
        if (this.state.product && this.state.product.tracking !== "none") {
            this.state.lot = number;
        } else {
            this.state.product = null;
            this.state.text = number;
        }
    }

    get canAdd() {
        return this.state.text.trim() && Number(this.state.quantity) > 0;
    }

    async save() {
        if (!this.canAdd) {
            return;
        }
        const { text, product, lot, quantity, lineId, kind, removedTo } = this.state;
        await this.props.add({
            op: "part",
            label: product ? product.name : text,
            unit: product ? product.unit : "",
            ...(product ? { product_id: product.id, lot } : { scan: text }),
            quantity: Number(quantity),
            line_id: Number(lineId) || 0,
            kind,
            removed_to: removedTo,
        });
        Object.assign(this.state, { text: "", product: null, lot: "", quantity: 1, found: [] });
    }

    remove(part) {
        return this.props.add({ op: "remove_part", id: part.id });
    }

    force(part) {
        return this.props.add({ op: "force_part", id: part.id });
    }
}
