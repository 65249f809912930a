import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/** A picture as a phone takes it, put into a field for files. */
function takePhoto(input) {
    const canvas = document.createElement("canvas");
    canvas.width = 2400;
    canvas.height = 1800;
    const context = canvas.getContext("2d");
    context.fillStyle = "#336699";
    context.fillRect(0, 0, 2400, 1800);
    return new Promise((resolve) => {
        canvas.toBlob((blob) => {
            const files = new DataTransfer();
            files.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
            input.files = files.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
            resolve();
        }, "image/jpeg");
    });
}

function draw(canvas) {
    const box = canvas.getBoundingClientRect();
    const at = (x, y) => ({
        bubbles: true,
        pointerId: 1,
        clientX: box.left + x,
        clientY: box.top + y,
    });
    canvas.dispatchEvent(new PointerEvent("pointerdown", at(20, 40)));
    for (let step = 0; step < 10; step++) {
        canvas.dispatchEvent(new PointerEvent("pointermove", at(20 + 15 * step, 40 + 5 * (step % 3))));
    }
    canvas.dispatchEvent(new PointerEvent("pointerup", at(180, 60)));
}

const SENT = '.o_aftersales_sync[data-status="sent"][data-count="0"]';
const REAL = {};

function openVisit() {
    return [
        {
            content: "The visits of today",
            trigger: '.o_aftersales_visit:contains("Anna")',
            run: "click",
        },
        {
            content: "The visit is shown, and nothing is wider than the screen",
            trigger: '.o_aftersales_visit_form section[name="place"]',
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("The page is wider than the screen");
                }
            },
        },
    ];
}

// From setting off to the signed end, on a phone.
registry.category("web_tour.tours").add("aftersales_visit_work", {
    steps: () => [
        ...openVisit(),
        { content: "On the way", trigger: 'button:contains("Set Off")', run: "click" },
        { content: "It is told", trigger: '.badge[data-state="on_way"]' },
        {
            content: "There: begin",
            trigger: '.o_aftersales_main_step:contains("Begin")',
            run: "click",
        },
        { content: "It has begun", trigger: '.badge[data-state="in_progress"]' },
        {
            content: "Signed too early: what is missing is shown instead",
            trigger: ".o_aftersales_sign_customer",
            run: "click",
        },
        {
            content: "Nothing is signed, what is missing is marked",
            trigger: ".o_aftersales_visit_form:not(:has(.o_aftersales_signer)) .o_aftersales_missing",
        },
        {
            content: "A tick",
            trigger: '.o_aftersales_check[data-name="Cleaned"] label input:not(:disabled), .o_aftersales_check[data-name="Cleaned"] > div > input:not(:disabled)',
            run: "click",
        },
        {
            content: "A value outside its limits",
            trigger: ".o_aftersales_value:not(:disabled)",
            run: "edit 3 && press Tab",
        },
        {
            content: "It needs a word",
            trigger: ".o_aftersales_note",
            run: "edit Refilled",
        },
        {
            content: "A photo of the nameplate",
            trigger: '.o_aftersales_check[data-name="Nameplate"] label.btn',
            run() {
                return takePhoto(this.anchor.querySelector("input"));
            },
        },
        {
            content: "The photo is there",
            trigger: '.o_aftersales_check[data-name="Nameplate"] img',
        },
        {
            content: "What the counter shows",
            trigger: '.o_aftersales_reading input[name="value"]',
            run: "edit 120",
        },
        {
            content: "Note it",
            trigger: '.o_aftersales_reading button[type="submit"]',
            run: "click",
        },
        { content: "A serial number", trigger: "#part_text", run: "edit BOARD-1" },
        { content: "Add the part", trigger: ".o_aftersales_add_part:enabled", run: "click" },
        {
            content: "The server knows the part",
            trigger: '.o_aftersales_part:contains("Control board"):contains("BOARD-1")',
        },
        { content: "Findings", trigger: "#visit_findings", run: "edit Board changed" },
        {
            content: "It is fixed",
            trigger: 'section[name="findings"] select',
            run: "select yes",
        },
        {
            content: "The technician signs",
            trigger: ".o_aftersales_sign_technician",
            run: "click",
        },
        {
            content: "Draw",
            trigger: ".o_aftersales_signature canvas",
            run() {
                draw(this.anchor);
            },
        },
        { content: "Done", trigger: ".o_aftersales_sign_done:enabled", run: "click" },
        {
            content: "The customer signs",
            trigger: ".o_aftersales_sign_customer",
            run: "click",
        },
        { content: "The name", trigger: ".o_aftersales_signer", run: "edit Anna" },
        {
            content: "Draw",
            trigger: ".o_aftersales_signature canvas",
            run() {
                draw(this.anchor);
            },
        },
        { content: "Done", trigger: ".o_aftersales_sign_done:enabled", run: "click" },
        {
            content: "It is signed",
            trigger: 'section[name="sign"]:contains("Signed by Anna")',
        },
        {
            content: "Finish",
            trigger: '.o_aftersales_main_step:contains("Finish")',
            run: "click",
        },
        { content: "It is done", trigger: '.badge[data-state="done"]' },
        { content: "All of it is sent", trigger: SENT },
    ],
});

// The line breaks: what was typed is kept, also over a reload, and sent later.
registry.category("web_tour.tours").add("aftersales_visit_offline", {
    steps: () => [
        ...openVisit(),
        { content: "All is sent", trigger: SENT },
        {
            content: "The line breaks",
            trigger: "#visit_findings:enabled",
            run() {
                REAL.open = XMLHttpRequest.prototype.open;
                const isSaving = (url) => String(url).includes("save_work");
                XMLHttpRequest.prototype.open = function (method, url, ...args) {
                    const broken = isSaving(url) ? "http://127.0.0.1:1/broken" : url;
                    return REAL.open.call(this, method, broken, ...args);
                };
            },
        },
        { content: "Something is typed", trigger: "#visit_findings", run: "edit Kept words" },
        {
            content: "A photo is taken",
            trigger: 'section[name="findings"] label.btn',
            run() {
                return takePhoto(this.anchor.querySelector("input"));
            },
        },
        {
            content: "It says so: not sent yet",
            trigger: '.o_aftersales_sync[data-status="offline"]:contains("Not sent yet")',
        },
        { content: "Back to the list", trigger: 'button[aria-label^="Back"]', run: "click" },
        {
            content: "It says that something is not sent yet",
            trigger: '.o_aftersales_visit:contains("Not sent yet: 2")',
            run: "click",
        },
        { content: "It is still there", trigger: "#visit_findings:value(Kept words)" },
        {
            content: "The page is loaded again",
            trigger: ".o_aftersales_sync",
            run() {
                window.location.reload();
            },
            expectUnloadPage: true,
        },
        {
            content: "What was typed is still there, and sent now that there is a line",
            trigger: SENT,
        },
        {
            content: "The words",
            trigger: "#visit_findings:value(Kept words)",
        },
        {
            content: "The photo",
            trigger: 'section[name="findings"] img',
        },
    ],
});

// Nobody is there: the reason is asked, and the visit is over.
registry.category("web_tour.tours").add("aftersales_visit_not_done", {
    steps: () => [
        ...openVisit(),
        { content: "It cannot be done", trigger: ".o_aftersales_not_done", run: "click" },
        { content: "Why, is asked", trigger: ".modal .o_form_view" },
        { content: "Not now", trigger: ".modal .btn-close, .modal .o_form_button_cancel", run: "click" },
        { content: "The visit goes on", trigger: ".o_aftersales_main_step" },
    ],
});

// Somebody else has written meanwhile: both are shown, nothing is lost.
registry.category("web_tour.tours").add("aftersales_visit_conflict", {
    steps: () => [
        ...openVisit(),
        { content: "All is sent", trigger: SENT },
        {
            content: "Somebody else writes",
            trigger: "#visit_findings:enabled",
            async run() {
                const found = await rpc("/web/dataset/call_kw/aftersales.visit/get_my_work", {
                    model: "aftersales.visit",
                    method: "get_my_work",
                    args: [],
                    kwargs: {},
                });
                await rpc("/web/dataset/call_kw/aftersales.visit/save_work", {
                    model: "aftersales.visit",
                    method: "save_work",
                    args: [
                        [found.visits[0].id],
                        [{ op: "work", values: { findings: "Their words" } }],
                        "another device",
                    ],
                    kwargs: {},
                });
            },
        },
        { content: "I write", trigger: "#visit_findings", run: "edit My words" },
        {
            content: "Both are shown",
            trigger: '.o_aftersales_aside:contains("Their words"):contains("My words")',
        },
        {
            content: "Mine is kept",
            trigger: '.o_aftersales_aside button:contains("Keep Mine")',
            run: "click",
        },
        { content: "Nothing is left to decide", trigger: "body:not(:has(.o_aftersales_aside))" },
        { content: "It is sent", trigger: SENT },
        { content: "My words", trigger: "#visit_findings:value(My words)" },
    ],
});

// A signature is needed: finishing asks for it, and nobody who signs can be noted.
registry.category("web_tour.tours").add("aftersales_visit_sign", {
    steps: () => [
        ...openVisit(),
        { content: "What is needed is told", trigger: ".o_aftersales_needed" },
        {
            content: "Finish",
            trigger: '.o_aftersales_main_step:contains("Sign and Finish")',
            run: "click",
        },
        {
            content: "The technician signs first",
            trigger: '.o_aftersales_signature canvas[aria-label*="technician"]',
            run() {
                draw(this.anchor);
            },
        },
        { content: "Done", trigger: ".o_aftersales_sign_done:enabled", run: "click" },
        {
            content: "Then the customer, whose name stands there already",
            trigger: ".o_aftersales_signer:value(Anna)",
        },
        {
            content: "Not now",
            trigger: 'section[name="sign"] button:contains("Back")',
            run: "click",
        },
        {
            content: "The customer does not sign",
            trigger: 'section[name="sign"] button:contains("does not sign")',
            run: "click",
        },
        {
            content: "Why, at one tap",
            trigger: '.o_aftersales_refusal:contains("Nobody is there")',
            run: "click",
        },
        {
            content: "Now it is finished",
            trigger: '.o_aftersales_main_step:contains("Finish"):not(:contains("Sign"))',
            run: "click",
        },
        { content: "It is done", trigger: '.badge[data-state="done"]' },
        { content: "All of it is sent", trigger: SENT },
    ],
});
