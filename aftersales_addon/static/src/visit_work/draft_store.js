/**
 * What a technician typed, kept in the browser until the server has it: one entry for
 * each database, user and visit. Where the browser keeps no database of its own (a
 * private window), its smaller store takes over.
 */
const NAME = "aftersales_visit_work";
const STORE = "drafts";

function request(action) {
    return new Promise((resolve, reject) => {
        action.onsuccess = () => resolve(action.result);
        action.onerror = () => reject(action.error);
    });
}

function open() {
    const opening = window.indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    return request(opening);
}

export class DraftStore {
    constructor(owner) {
        this.owner = owner;
        this.last = Promise.resolve();
    }

    key(name) {
        return `${NAME}|${this.owner}|${name}`;
    }

    /** One after the other, so that an older draft never overwrites a newer one. */
    queue(action) {
        this.last = this.last.then(action, action);
        return this.last;
    }

    async run(mode, action) {
        const db = await open();
        try {
            const transaction = db.transaction(STORE, mode);
            const answer = await request(action(transaction.objectStore(STORE)));
            return answer;
        } finally {
            db.close();
        }
    }

    read(name) {
        return this.queue(async () => {
            const key = this.key(name);
            try {
                const found = await this.run("readonly", (store) => store.get(key));
                return found ? JSON.parse(found) : null;
            } catch {
                const text = window.localStorage.getItem(key);
                return text ? JSON.parse(text) : null;
            }
        });
    }

    /** @returns {Promise<string[]>} the names of all that is kept for this owner */
    names() {
        return this.queue(async () => {
            const start = this.key("");
            let keys = Object.keys(window.localStorage);
            try {
                keys = [...keys, ...(await this.run("readonly", (s) => s.getAllKeys()))];
            } catch {
                // The smaller store has all there is.
            }
            const ours = keys.filter((key) => String(key).startsWith(start));
            return [...new Set(ours)].map((key) => key.slice(start.length));
        });
    }

    /** Tell the page without a line whose visits it may show. */
    own() {
        return this.queue(async () => {
            try {
                await this.run("readwrite", (s) => s.put(this.owner, `${NAME}|owner`));
            } catch {
                // That page shows no visits then.
            }
        });
    }

    remove(name) {
        return this.queue(async () => {
            window.localStorage.removeItem(this.key(name));
            try {
                await this.run("readwrite", (store) => store.delete(this.key(name)));
            } catch {
                // It was in the smaller store.
            }
        });
    }

    /** @returns {Promise<boolean>} whether the browser has kept it */
    write(name, value) {
        const text = JSON.stringify(value);
        return this.queue(async () => {
            const key = this.key(name);
            try {
                await this.run("readwrite", (store) => store.put(text, key));
                return true;
            } catch {
                try {
                    window.localStorage.setItem(key, text);
                    return true;
                } catch {
                    return false;
                }
            }
        });
    }
}
