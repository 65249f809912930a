import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_rma_credit_note", {
    steps: () => [
        {
            content: "Approve the request",
            trigger: '.o_statusbar_buttons button[name="action_approve"]',
            run: "click",
        },
        {
            content: "Open the receipt",
            trigger: '.o_statusbar_buttons button[name="action_view_receipts"]',
            run: "click",
        },
        {
            content: "The goods have come",
            trigger: '.o_statusbar_buttons button[name="button_validate"]',
            run: "click",
        },
        {
            content: "The receipt is done",
            trigger: '.o_arrow_button_current:contains("Done")',
        },
        {
            content: "Back to the return",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Refund it",
            trigger: '.o_statusbar_buttons button[name="action_refund"]',
            run: "click",
        },
        {
            content: "Post the credit note",
            trigger: '.o_statusbar_buttons button[name="action_post"]',
            run: "click",
        },
        {
            content: "The credit note is posted",
            trigger: '.o_arrow_button_current:contains("Posted")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_rma_advance", {
    steps: () => [
        {
            content: "Approve the advance replacement",
            trigger: '.o_statusbar_buttons button[name="action_approve"]',
            run: "click",
        },
        {
            content: "The replacement is ordered already",
            trigger: 'button[name="action_view_replacements"]',
            run: "click",
        },
        {
            content: "It brings the same again",
            trigger: '.o_field_widget[name="order_line"] .o_data_row:contains("Sensor")',
        },
        {
            content: "Back to the return",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "The old unit is still expected",
            trigger: '.o_field_widget[name="receipt_status"]:contains("Expected")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_rma_propose", {
    steps: () => [
        {
            content: "Make a proposal",
            trigger: '.o_statusbar_buttons button[name="action_propose"]',
            run: "click",
        },
        {
            content: "Another product",
            trigger: '.modal .o_field_widget[name="exchange_product_id"] input',
            run: "edit Siren",
        },
        {
            content: "Choose it",
            trigger: '.modal .ui-autocomplete a:contains("Siren")',
            run: "click",
        },
        {
            content: "What the customer pays is shown",
            trigger: '.modal .o_field_widget[name="amount_total"]:contains("30.00")',
        },
        {
            content: "Say why",
            trigger: '.modal .o_field_widget[name="text"] textarea',
            run: "edit The sensor is no longer made",
        },
        {
            content: "Send it",
            trigger: '.modal button[name="action_propose"]',
            run: "click",
        },
        {
            content: "The customer has something to answer",
            trigger: '[name="proposal_open"]:contains("has a proposal")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_rma_sign", {
    steps: () => [
        {
            content: "The proposal is on the page",
            trigger: '[name="proposal"]:contains("The sensor is no longer made")',
        },
        {
            content: "Accept it",
            trigger: 'button[name="proposal_accept"]',
            run: "click",
        },
        {
            content: "Sign with a name",
            trigger: ".modal .o_web_sign_name_and_signature input",
            run: "fill Anna Weber",
        },
        {
            content: "The signature is drawn",
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "Send it",
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is accepted",
            trigger: '[name="proposal_accepted"]:contains("Anna Weber")',
        },
    ],
});
