import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { uuid } from "@web/core/utils/strings";

import { applyChanges, sameCheck } from "./apply_changes";

const MODEL = "aftersales.visit";
const FIRST_WAIT = 4000;
const LONGEST_WAIT = 60000;
// In one message; photos make it large.
const BATCH_COUNT = 50;
const BATCH_SIZE = 3000000;

function key() {
    return `${Date.now().toString(36)}-${uuid()}`;
}

/**
 * One visit: what the server knows of it, and what it does not know yet.
 *
 * A change goes into the queue and into the browser's own store at once. From there it
 * is sent in batches; a batch keeps its key until the server has answered, so that
 * sending it again does nothing twice. What the server refuses is put aside with its
 * words, to be tried again or thrown away by the technician.
 */
export class VisitSync {
    constructor({ orm, store, visitId }) {
        Object.assign(this, { orm, store, visitId });
        this.onChange = () => {};
        this.work = null;
        this.queue = [];
        this.batch = null;
        this.aside = [];
        this.status = "loading";
        this.message = "";
        this.wait = FIRST_WAIT;
        this.sending = false;
        this.isStored = true;
    }

    get pending() {
        return [...(this.batch?.changes || []), ...this.queue];
    }

    get isEmpty() {
        return !this.pending.length && !this.aside.length;
    }

    get view() {
        return this.work && applyChanges(this.work, this.pending);
    }

    async restore() {
        const draft = await this.store.read(`visit-${this.visitId}`);
        if (draft) {
            this.work = draft.work;
            this.queue = draft.queue || [];
            this.batch = draft.batch || null;
            this.aside = draft.aside || [];
        }
    }

    async load() {
        if (!this.work) {
            await this.restore();
        }
        this.changed();
        if (this.sending) {
            return;
        }
        await this.refresh();
        if (this.pending.length) {
            await this.flush();
        }
    }

    async refresh() {
        try {
            this.work = await this.orm.silent.call(MODEL, "get_work", [[this.visitId]]);
            this.status = this.pending.length ? "waiting" : "sent";
            this.message = "";
            await this.keep();
        } catch (error) {
            this.failed(error);
        }
        this.changed();
    }

    changed() {
        this.onChange();
    }

    async keep() {
        const { work, queue, batch, aside } = this;
        if (this.isEmpty && ["done", "not_done", "cancelled"].includes(work?.state)) {
            // The server has all of it: nothing of the customer stays on the device.
            this.isStored = true;
            return this.store.remove(`visit-${this.visitId}`);
        }
        this.isStored = await this.store.write(`visit-${this.visitId}`, {
            work,
            queue,
            batch,
            aside,
        });
    }

    /** Take a change in: it is safe once this returns, and sent soon. */
    async add(change, { soon = true } = {}) {
        const fresh = { ...change };
        if (change.op === "check" || change.op === "work") {
            const twin = this.queue.find(
                (other) =>
                    other.op === change.op &&
                    (change.op === "work" ||
                        sameCheck({ id: other.id, item_id: other.item_id, line_id: other.line_id }, change))
            );
            if (twin) {
                twin.values = { ...twin.values, ...change.values };
                twin.base = { ...change.base, ...twin.base };
                return this.added(soon);
            }
        }
        this.queue.push(fresh);
        return this.added(soon);
    }

    async added(soon) {
        if (this.status !== "sending") {
            this.status = "waiting";
        }
        this.changed();
        const kept = this.keep();
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.flush(), soon ? 50 : 1500);
        await kept;
        this.changed();
    }

    makeBatch() {
        let size = 0;
        let count = 0;
        while (count < this.queue.length && count < BATCH_COUNT) {
            size += JSON.stringify(this.queue[count]).length;
            if (count && size > BATCH_SIZE) {
                break;
            }
            count++;
        }
        this.batch = { key: key(), changes: this.queue.splice(0, count) };
    }

    async flush() {
        clearTimeout(this.timer);
        if (this.sending || this.isClosed) {
            return;
        }
        this.sending = true;
        try {
            while (this.batch || this.queue.length) {
                if (!this.batch) {
                    this.makeBatch();
                    await this.keep();
                }
                this.status = "sending";
                this.changed();
                await this.send();
            }
            this.status = "sent";
            this.message = "";
            this.wait = FIRST_WAIT;
        } catch (error) {
            this.failed(error);
        } finally {
            this.sending = false;
            this.changed();
        }
    }

    async send() {
        const { key, changes } = this.batch;
        const { answers, work } = await this.orm.silent.call(MODEL, "save_work", [
            [this.visitId],
            changes,
            key,
        ]);
        answers.forEach((answer, index) => {
            if (!answer.ok) {
                this.aside.push({ key: uuid(), change: changes[index], ...answer });
            }
        });
        this.work = work;
        this.batch = null;
        await this.keep();
    }

    failed(error) {
        if (error instanceof ConnectionLostError) {
            this.status = "offline";
            this.message = "";
        } else {
            this.status = "refused";
            this.message =
                error.data?.message || error.message || _t("The server could not take it in.");
            if (error.exceptionName === "odoo.http.SessionExpiredException") {
                this.message = _t("You are signed out. Sign in again: nothing is lost.");
            }
        }
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.retry(), this.wait);
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    }

    retry() {
        if (this.isClosed) {
            return;
        }
        return this.pending.length ? this.flush() : this.refresh();
    }

    // What was refused, or changed by somebody else meanwhile.

    async settle(item, again) {
        this.aside = this.aside.filter((other) => other.key !== item.key);
        if (!again) {
            await this.keep();
            this.changed();
            return;
        }
        const change = { ...item.change };
        if (item.conflict) {
            change.base = { ...change.base, ...item.conflict };
        }
        await this.add(change);
    }

    close() {
        this.isClosed = true;
        clearTimeout(this.timer);
    }
}
