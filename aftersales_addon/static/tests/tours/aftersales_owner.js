import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_register_by_code", {
    steps: () => [
        {
            content: "The code has filled in the number",
            trigger: '.o_aftersales_registration input[name="serial_number"]:value("QR-1")',
        },
        {
            content: "The page names the product",
            trigger: '.o_aftersales_registration strong:contains("Door lock")',
        },
        {
            content: "Type the name",
            trigger: 'input[name="partner_name"]',
            run: "edit Eve Guest",
        },
        {
            content: "Type the e-mail address",
            trigger: 'input[name="email"]',
            run: "edit eve@example.com",
        },
        {
            content: "Where it was bought",
            trigger: 'input[name="dealer"]',
            run: "edit Hardware Corner",
        },
        {
            content: "Register",
            trigger: '.o_aftersales_registration button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "An e-mail was sent",
            trigger: '.o_aftersales_message h2:contains("Look into your mailbox")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_register_confirm", {
    steps: () => [
        {
            content: "The link shows what is confirmed",
            trigger: '.o_aftersales_message strong:contains("QR-1")',
        },
        {
            content: "Confirm",
            trigger: '.o_aftersales_message button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The product is registered",
            trigger: '.o_aftersales_message h2:contains("Your product is registered")',
        },
        {
            content: "Open its page",
            trigger: '.o_aftersales_message a:contains("See your product")',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is covered",
            trigger: '.o_aftersales_portal_asset .badge:contains("Covered until")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_ask_to_pass_on", {
    steps: () => [
        {
            content: "Pass it on",
            trigger: '.o_aftersales_portal_asset a[href$="/pass-on"]:visible',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What becomes of the warranty is said before",
            trigger: '.o_aftersales_pass_on li:contains("Two years"):contains("goes with")',
        },
        {
            content: "Who gets it",
            trigger: 'input[name="new_name"]',
            run: "edit Ben Stone",
        },
        {
            content: "Their address",
            trigger: 'input[name="new_email"]',
            run: "edit ben@example.com",
        },
        {
            content: "Ask for it",
            trigger: '.o_aftersales_pass_on button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It was asked for",
            trigger: '.o_aftersales_pass_on .alert:contains("Ben Stone")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_approve_passing_on", {
    url: "/odoo/changes-of-hands",
    steps: () => [
        {
            content: "Open the request",
            trigger: '.o_data_row:contains("LK-1001") td[name="partner_from_id"]',
            run: "click",
        },
        {
            content: "What becomes of the warranty",
            trigger: '.o_form_view [name="outcome"]:contains("Two years")',
        },
        {
            content: "Approve",
            trigger: 'button[name="action_approve"]',
            run: "click",
        },
        {
            content: "It is done",
            trigger: '.o_arrow_button_current:contains("Done")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_replace", {
    steps: () => [
        {
            content: "Open what is done less often, where the unit can be replaced",
            trigger: '.o_form_view button[name="action_assess"]',
            run() {
                // Whoever has few rights has few buttons, and no menu.
                const more = [...document.querySelectorAll(".o_statusbar_buttons button")];
                more.find((button) => button.textContent.includes("More"))?.click();
            },
        },
        {
            content: "Replace the unit",
            trigger: 'button[name="action_replace"]',
            run: "click",
        },
        {
            content: "It was handed over already",
            trigger: '.modal .o_radio_item:contains("handed over") input',
            run: "click",
        },
        {
            content: "Its number",
            trigger: '.modal [name="serial_number"] input',
            run: "edit FROM-THE-VAN",
        },
        {
            content: "What goes on is said before",
            trigger: '.modal [name="continues"]:contains("Two years until")',
        },
        {
            content: "Replace",
            trigger: '.modal button[name="action_replace"]:visible:contains("Replace")',
            run: "click",
        },
        {
            content: "The new unit is open, and covered",
            trigger:
                '.o_form_view:has([name="serial_number"]:contains("FROM-THE-VAN")) [name="coverage_label"] .badge:contains("Covered until")',
        },
        {
            content: "It tells what it replaces",
            trigger: '[name="replaces_id"]:contains("LK-1001")',
        },
    ],
});
