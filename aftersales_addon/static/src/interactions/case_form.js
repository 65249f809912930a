import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/** Offers help articles while a customer writes, and says early what is too large. */
export class CaseForm extends Interaction {
    static selector = ".o_aftersales_case_form form";
    dynamicContent = {
        "input[name=name], textarea[name=description]": {
            "t-on-input": this.debounced(this.suggest, 500),
        },
        "select[name=asset_id], select[name=reason_id]": {
            "t-on-change": this.suggest,
        },
        "input[name=files]": { "t-on-change": this.checkFiles },
        _root: { "t-on-submit": this.onSubmit },
        _window: { "t-on-pageshow": this.onPageShow },
    };

    setup() {
        this.count = 0;
        this.isSent = false;
    }

    value(name) {
        return this.el.elements[name]?.value || "";
    }

    async suggest() {
        const count = ++this.count;
        let articles = [];
        try {
            articles = await this.waitFor(
                rpc(
                    "/my/cases/suggest",
                    {
                        words: `${this.value("name")} ${this.value("description")}`.slice(0, 1000),
                        reason_id: this.value("reason_id"),
                        asset_id: this.value("asset_id"),
                        access_token: this.value("access_token"),
                    },
                    { silent: true }
                )
            );
        } catch {
            // Without them the form works all the same.
            return;
        }
        // An answer to what was typed before comes too late.
        if (count === this.count) {
            this.show(articles);
        }
    }

    show(articles) {
        const box = this.el.querySelector(".o_aftersales_suggestions");
        const list = box.querySelector("ul");
        list.replaceChildren(
            ...articles.map(({ name, url }) => {
                const item = document.createElement("li");
                item.className = "mb-1 text-break";
                const link = document.createElement("a");
                link.href = url;
                link.target = "_blank";
                link.textContent = name;
                item.append(link);
                return item;
            })
        );
        box.classList.toggle("d-none", !articles.length);
    }

    checkFiles({ currentTarget: input }) {
        const { maxSize, maxTotal, maxCount, tooLarge, tooMany } = input.dataset;
        const sizes = [...input.files].map((file) => file.size);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        let error = "";
        if (sizes.length > parseInt(maxCount)) {
            error = tooMany;
        } else if (
            total > parseInt(maxTotal) ||
            sizes.some((size) => size > parseInt(maxSize))
        ) {
            error = tooLarge;
        }
        input.setCustomValidity(error);
        input.reportValidity();
    }

    /** A video takes its time: the button is pressed once. */
    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
        }
        this.isSent = true;
        this.waitForTimeout(() => this.enable(false), 0);
    }

    enable(isEnabled) {
        this.el.querySelector("button[name=send]").disabled = !isEnabled;
    }

    /** Who comes back to the form may send it again. */
    onPageShow(ev) {
        if (ev.persisted) {
            this.isSent = false;
            this.enable(true);
        }
    }
}

registry.category("public.interactions").add("aftersales_addon.case_form", CaseForm);
