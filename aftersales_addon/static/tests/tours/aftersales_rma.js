import { registry } from "@web/core/registry";

/** Put a picture into the form, as if it had been chosen. */
function addPhoto() {
    const bytes = Uint8Array.from(
        atob(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
        ),
        (char) => char.charCodeAt(0)
    );
    const files = new DataTransfer();
    files.items.add(new File([bytes], "crack.png", { type: "image/png" }));
    const input = document.querySelector("input[name=photos]");
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

const send = [
    {
        content: "Say how many come back",
        trigger: '.o_aftersales_return_form input[name^="qty_"]',
        run: "edit 2",
    },
    {
        content: "Say why",
        trigger: "select[name=reason_id]",
        run: "selectByLabel Arrived broken",
    },
    {
        content: "Describe it",
        trigger: "textarea[name=description]",
        run: "edit The housing is cracked",
    },
    {
        content: "Add a photo",
        trigger: "input[name=photos]",
        run: addPhoto,
    },
    {
        content: "Send the request",
        trigger: '.o_aftersales_return_form button[type="submit"]',
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "The page of the return says what happens next",
        trigger:
            '.o_aftersales_portal_return:contains("We are looking at your request")',
    },
];

registry.category("web_tour.tours").add("aftersales_rma_portal", {
    steps: () => [
        {
            content: "Start at the order",
            trigger: 'a[name="aftersales_return"]:contains("Return")',
            run: "click",
            expectUnloadPage: true,
        },
        ...send,
        {
            content: "The photo is in the messages",
            trigger: "#chatterRoot:shadow .o-mail-Message",
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_rma_guest", {
    steps: () => send,
});

registry.category("web_tour.tours").add("aftersales_rma_guest_ask", {
    url: "/aftersales/return",
    steps: () => [
        {
            content: "Type the order's number",
            trigger: "input[name=number]",
            run: "edit S-TOUR-1",
        },
        {
            content: "Type the mailbox",
            trigger: "input[name=email]",
            run: "edit anna@example.com",
        },
        {
            content: "Ask for the link",
            trigger: 'main button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer tells nothing",
            trigger: '.alert-success:contains("If there is such an order")',
        },
    ],
});
