/**
 * On the page that is shown without a line: the technician's visits, and what was typed
 * and is not sent yet. It stays in the browser's own store, from where it is sent once
 * the page of the visits is open again. More can be written meanwhile.
 *
 * Words of visits are put in as text, never as HTML.
 */
(() => {
    const NAME = "aftersales_visit_work";
    const STORE = "drafts";

    const wait = (action) =>
        new Promise((resolve, reject) => {
            action.onsuccess = () => resolve(action.result);
            action.onerror = () => reject(action.error);
        });

    async function run(mode, action) {
        const opening = window.indexedDB.open(NAME, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
        const db = await wait(opening);
        try {
            return await wait(action(db.transaction(STORE, mode).objectStore(STORE)));
        } finally {
            db.close();
        }
    }

    const read = (key) => run("readonly", (store) => store.get(key));
    const word = (name) => document.querySelector(`[data-word="${name}"]`).textContent.trim();

    function add(parent, tag, text, className) {
        const node = parent.appendChild(document.createElement(tag));
        node.textContent = text || "";
        node.className = className || "";
        return node;
    }

    function pendingOf(draft) {
        return [...(draft.batch?.changes || []), ...(draft.queue || [])];
    }

    function findingsOf(draft) {
        const typed = pendingOf(draft).filter((c) => c.op === "work" && "findings" in c.values);
        return typed.length ? typed.at(-1).values.findings : draft.work.findings;
    }

    async function keepFindings(key, text) {
        const draft = JSON.parse(await read(key));
        draft.queue = draft.queue || [];
        const before = findingsOf(draft);
        let change = draft.queue.find((c) => c.op === "work");
        if (!change) {
            change = { op: "work", values: {}, base: {} };
            draft.queue.push(change);
        }
        if (!("findings" in change.base)) {
            change.base.findings = before;
        }
        change.values.findings = text;
        await run("readwrite", (store) => store.put(JSON.stringify(draft), key));
        return pendingOf(draft).length;
    }

    function time(moment) {
        const options = { weekday: "short", hour: "2-digit", minute: "2-digit" };
        return moment ? new Date(moment).toLocaleString(document.documentElement.lang || [], options) : "";
    }

    function addFindings(card, key, draft, count) {
        const label = add(card, "label", word("findings"));
        const area = add(label, "textarea");
        area.rows = 4;
        area.value = findingsOf(draft);
        let last = Promise.resolve();
        area.addEventListener("input", () => {
            const text = area.value;
            last = last.then(async () => {
                count.textContent = `${word("kept")} ${await keepFindings(key, text)}`;
            });
        });
    }

    function show(parent, row, key, draft) {
        const card = add(parent, "article", "", "o_aftersales_kept_visit");
        const work = draft?.work || row;
        add(card, "strong", work.customer);
        add(card, "div", [time(work.start), work.number].filter(Boolean).join(", "));
        add(card, "div", work.address);
        if (work.phone) {
            add(card, "a", work.phone).href = `tel:${work.phone}`;
        }
        if (!draft?.work) {
            return;
        }
        const changes = pendingOf(draft).length + (draft.aside || []).length;
        const count = add(card, "div", "", "o_aftersales_kept_count");
        count.textContent = changes ? `${word("kept")} ${changes}` : word("sent");
        add(card, "div", work.todo, "o_aftersales_kept_words");
        const begun = pendingOf(draft).some((c) => c.op === "step" && c.step === "begin");
        const over = pendingOf(draft).some(
            (c) => c.step === "finish" || (c.op === "sign" && c.who === "customer")
        );
        if ((work.state === "in_progress" || begun) && !work.is_frozen && !over) {
            addFindings(card, key, draft, count);
        }
    }

    async function start() {
        const owner = await read(`${NAME}|owner`);
        if (!owner) {
            return;
        }
        const head = `${NAME}|${owner}|`;
        const keys = (await run("readonly", (store) => store.getAllKeys())).filter((key) =>
            String(key).startsWith(`${head}visit-`)
        );
        const drafts = new Map();
        for (const key of keys) {
            drafts.set(Number(key.slice(`${head}visit-`.length)), [key, JSON.parse(await read(key))]);
        }
        const list = JSON.parse((await read(`${head}list`)) || "{}");
        const rows = (list.visits || []).filter((row) => !drafts.has(row.id));
        const box = document.querySelector(".o_aftersales_kept");
        for (const [key, draft] of drafts.values()) {
            show(box, {}, key, draft);
        }
        rows.forEach((row) => show(box, row));
        if (box.querySelector("article")) {
            box.hidden = false;
            setInterval(() => look().catch(() => {}), 15000);
            document.body.classList.add("o_aftersales_has_kept");
        }
    }

    /** A bad line comes and goes without a word of the browser: look for it. */
    async function look() {
        if (document.activeElement?.tagName === "TEXTAREA") {
            return;
        }
        const answer = await fetch("/web/manifest.webmanifest", { cache: "no-store" });
        if (answer.ok && document.activeElement?.tagName !== "TEXTAREA") {
            window.location.reload();
        }
    }

    document.addEventListener("DOMContentLoaded", () => start().catch(() => {}));
})();
