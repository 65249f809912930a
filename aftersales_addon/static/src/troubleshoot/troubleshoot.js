import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { imageUrl } from "@web/core/utils/urls";

import { Component, markup, onWillDestroy, onWillStart, useState } from "@odoo/owl";

const MODEL = "aftersales.case";

/** The steps of a help article; each answer is kept at once, with one click. */
export class TroubleshootDialog extends Component {
    static template = "aftersales_addon.TroubleshootDialog";
    static components = { Dialog, RecordSelector };
    static props = { caseId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.mutex = new Mutex();
        this.state = useState({
            articles: [],
            article: false,
            companyId: false,
            hasHelped: false,
            isBusy: false,
        });
        this.isNoted = false;
        // The cross and Escape are ends like any other: what was tried is noted. What
        // cannot be sent now is noted the next time.
        this.env.dialogData.dismiss = () => this.note(false).catch(() => {});
        onWillStart(() => this.load());
        onWillDestroy(() => {
            if (!this.isNoted) {
                this.call("finish_troubleshooting").catch(() => {});
            }
        });
    }

    call(method, ...args) {
        return this.orm.call(MODEL, method, [this.props.caseId, ...args]);
    }

    async load(articleId = false) {
        this.apply(await this.call("get_troubleshooting", articleId));
    }

    apply(data) {
        const known = this.state.article ? this.state.article.steps : [];
        const typed = new Map(
            known.filter((s) => s.typed !== s.remark).map((s) => [s.id, s.typed])
        );
        this.state.articles = data.articles;
        this.state.companyId = data.company_id;
        this.state.hasHelped = data.has_helped;
        this.state.article = data.article && {
            ...data.article,
            body: markup(data.article.body),
            steps: data.article.steps.map((step) => ({
                ...step,
                text: markup(step.text),
                // What somebody is typing right now stays as they type it.
                typed: typed.get(step.id) ?? step.remark,
            })),
        };
    }

    get title() {
        return _t("Troubleshoot");
    }

    get results() {
        return [
            ["helped", _t("Helped"), "btn-outline-success", "fa-check"],
            ["not_helped", _t("Did Not Help"), "btn-outline-danger", "fa-times"],
            ["skipped", _t("Not Possible"), "btn-outline-secondary", "fa-ban"],
        ];
    }

    get otherArticles() {
        return [
            ["is_published", "=", true],
            ["step_ids", "!=", false],
            ["company_id", "in", [false, this.state.companyId]],
        ];
    }

    picture(step) {
        return imageUrl("aftersales.article.step", step.id, "picture");
    }

    moment(text) {
        return toLocaleDateTimeString(deserializeDateTime(text));
    }

    /** Another article; what is being saved comes first. */
    async open(articleId) {
        if (articleId) {
            await this.saveTyped();
            await this.mutex.exec(() => this.load(articleId));
        }
    }

    /** One click; the same again takes back what nobody was told of yet. */
    choose(step, result) {
        const isSame = step.result === result;
        if (isSame && step.is_noted) {
            return;
        }
        const before = { result: step.result, typed: step.typed };
        step.result = isSame ? false : result;
        if (isSame) {
            step.typed = "";
        }
        return this.save(step, before);
    }

    saveRemark(step) {
        if (step.result && step.typed !== step.remark) {
            return this.save(step);
        }
    }

    save(changed, before = {}) {
        const { id, result, typed } = changed;
        return this.mutex.exec(async () => {
            const article = this.state.article;
            const revision = article.steps.find((s) => s.id === id)?.revision || 0;
            let data;
            try {
                data = await this.call("set_tried_step", id, result, typed, revision);
            } catch (error) {
                // The dialog shows what is kept, not what was refused or never sent.
                await this.load(article.id).catch(() => Object.assign(changed, before));
                throw error;
            }
            const step = article.steps.find((s) => s.id === id);
            // Where somebody was quicker, what was typed stays.
            if (step && !data.notice) {
                step.remark = typed;
            }
            this.apply(data);
            if (data.notice) {
                this.notification.add(data.notice, { type: "warning" });
            }
        });
    }

    /** Escape leaves a field without telling it. */
    async saveTyped() {
        const steps = this.state.article ? this.state.article.steps : [];
        await Promise.all(steps.map((step) => this.saveRemark(step)));
        await this.mutex.getUnlockedDef();
    }

    async note(isSolved) {
        this.isNoted = true;
        let refused = false;
        await this.saveTyped().catch((error) => {
            refused = error;
        });
        try {
            // What was tried is noted, also when the last remark was refused.
            await this.call("finish_troubleshooting", isSolved && !refused);
        } catch (error) {
            this.isNoted = false;
            throw error;
        }
        if (refused) {
            throw refused;
        }
    }

    async finish(isSolved) {
        this.state.isBusy = true;
        try {
            await this.note(isSolved);
            this.props.close();
        } finally {
            this.state.isBusy = false;
        }
    }
}

function troubleshoot(env, action, options) {
    env.services.dialog.add(
        TroubleshootDialog,
        { caseId: action.params.case_id },
        { onClose: () => options.onClose?.() }
    );
}

registry.category("actions").add("aftersales_troubleshoot", troubleshoot);
