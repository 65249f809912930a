/* eslint-env serviceworker */
/* eslint-disable no-restricted-globals */
/* global sessionInfo, storeDataOnCache */

/**
 * Added to the platform's own service worker, for technicians without a line.
 *
 * That worker answers a reload without a line with the page that it keeps, as long as
 * it remembers who is signed in. The browser stops a worker that has nothing to do for
 * half a minute, and then it forgets. The page of a visit sends a word from time to
 * time: that keeps the worker awake, and one that was stopped asks for the page again.
 */
const VISIT_DATABASE = "aftersales_visit_work";
const VISIT_STORE = "drafts";
const VISIT_OWNER = `${VISIT_DATABASE}|owner`;

let isAsked = false;

async function rememberPage() {
    if (isAsked || typeof storeDataOnCache !== "function" || sessionInfo?.length) {
        return;
    }
    const answer = await fetch("/odoo");
    isAsked = true;
    if (answer.ok && !answer.redirected) {
        await storeDataOnCache("/odoo", answer);
    }
}

/** After signing out nobody's visits are shown on the page without a line. */
function forgetOwner() {
    return new Promise((resolve) => {
        const opening = indexedDB.open(VISIT_DATABASE, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(VISIT_STORE);
        opening.onerror = resolve;
        opening.onsuccess = () => {
            const transaction = opening.result.transaction(VISIT_STORE, "readwrite");
            transaction.objectStore(VISIT_STORE).delete(VISIT_OWNER);
            transaction.oncomplete = transaction.onerror = () => {
                opening.result.close();
                resolve();
            };
        };
    });
}

self.addEventListener("message", (event) => {
    if (event.data === "aftersales_visit_open") {
        // Without a line there is nothing to ask for.
        event.waitUntil(rememberPage().catch(() => {}));
    } else if (event.data === "user_logout") {
        event.waitUntil(forgetOwner());
    }
});
