import { Component, onMounted, useRef, useState } from "@odoo/owl";

/** A box to sign in with a finger, a pen or a mouse; it needs no line to the server. */
export class SignatureField extends Component {
    static template = "aftersales_addon.VisitSignature";
    static props = { label: String, onDone: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ isEmpty: true });
        onMounted(() => this.clear());
    }

    get context() {
        return this.canvas.el.getContext("2d");
    }

    clear() {
        const el = this.canvas.el;
        el.width = el.clientWidth;
        el.height = el.clientHeight;
        this.context.fillStyle = "#ffffff";
        this.context.fillRect(0, 0, el.width, el.height);
        this.state.isEmpty = true;
    }

    place(ev) {
        const box = this.canvas.el.getBoundingClientRect();
        return [ev.clientX - box.left, ev.clientY - box.top];
    }

    onPointerDown(ev) {
        ev.preventDefault();
        try {
            this.canvas.el.setPointerCapture(ev.pointerId);
        } catch {
            // A pointer that is gone already draws all the same.
        }
        this.isDrawing = true;
        this.context.lineWidth = 2.5;
        this.context.lineCap = "round";
        this.context.strokeStyle = "#10107a";
        this.context.beginPath();
        this.context.moveTo(...this.place(ev));
    }

    onPointerMove(ev) {
        if (!this.isDrawing) {
            return;
        }
        this.context.lineTo(...this.place(ev));
        this.context.stroke();
        this.state.isEmpty = false;
    }

    onPointerUp() {
        this.isDrawing = false;
    }

    done() {
        this.props.onDone(this.canvas.el.toDataURL("image/png"));
    }
}
