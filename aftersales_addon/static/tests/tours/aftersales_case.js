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
    const input = document.querySelector("input[name=files]");
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("aftersales_case_article", {
    steps: () => [
        {
            content: "Who has no case yet finds the way to the first one",
            trigger: 'a[href="/my/cases"]:contains("Service Cases")',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Ask for help",
            trigger: 'a[name="new_case"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Begin to describe it",
            trigger: ".o_aftersales_case_form input[name=name]",
            run: "edit My door is stuck",
        },
        {
            content: "An article is offered meanwhile; it opens beside the form",
            trigger: '.o_aftersales_suggestions a:contains("The lock does not open")',
            run({ anchor }) {
                window.location.assign(anchor.href);
            },
            expectUnloadPage: true,
        },
        {
            content: "It solved it",
            trigger: ".o_aftersales_help_article button[value=yes]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page is glad",
            trigger: '#answer:contains("We are glad that it helped")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_case_portal", {
    steps: () => [
        {
            content: "Start at the unit",
            trigger: 'a[name="aftersales_help"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Say what one notices",
            trigger: "select[name=reason_id]",
            run: "selectByLabel It is jammed",
        },
        {
            content: "Say it in a few words",
            trigger: "input[name=name]",
            run: "edit The lock is stuck",
        },
        {
            content: "Describe it",
            trigger: "textarea[name=description]",
            run: "edit Since this morning",
        },
        {
            content: "Add a photo",
            trigger: "input[name=files]",
            run: addPhoto,
        },
        {
            content: "Send it",
            trigger: ".o_aftersales_case_form button[name=send]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It has arrived",
            trigger: '.o_aftersales_portal_case:contains("has arrived")',
        },
        {
            content: "The photo is in the conversation",
            trigger: "#chatterRoot:shadow .o-mail-Message",
        },
        {
            content: "Write on",
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            run: "edit It opens again",
        },
        {
            content: "Send the message",
            trigger: "#chatterRoot:shadow .o-mail-Composer button:contains(Send):enabled",
            run: "click",
        },
        {
            content: "The message is there",
            trigger: '#chatterRoot:shadow .o-mail-Message:contains("It opens again")',
        },
        {
            content: "Close the case",
            trigger: "button[name=close]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Rate it",
            trigger: "section[name=rating] button[value='5']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The rating has arrived",
            trigger: '.o_aftersales_portal_case:contains("Thank you for your rating")',
        },
    ],
});
