import { registry } from "@web/core/registry";

// From a delivered order to an approved return with its receipt: each "click" below is
// one click of the agent. The test counts them: six at most.
registry.category("web_tour.tours").add("aftersales_rma_six_clicks", {
    steps: () => [
        {
            content: "Return the goods of the order",
            trigger: 'button[name="action_aftersales_return"]',
            run: "click",
        },
        {
            content: "Open the reasons",
            trigger: '.modal .o_field_widget[name="reason_id"] input',
            run: "click",
        },
        {
            content: "Choose one",
            trigger: '.ui-autocomplete .dropdown-item:contains("Tour reason")',
            run: "click",
        },
        {
            content: "All of it comes back",
            trigger: '.modal button[name="action_all"]',
            run: "click",
        },
        {
            content: "The quantities are filled in",
            trigger: '.modal .o_data_row td[name="quantity"]:contains("3")',
        },
        {
            content: "Approve",
            trigger: '.modal button[name="action_approve"]',
            run: "click",
        },
        {
            content: "The return is approved",
            trigger: '.o_statusbar_status [data-value="approved"].o_arrow_button_current',
        },
        {
            content: "Its receipt is ready",
            trigger: 'button[name="action_view_receipts"].oe_stat_button:contains("1")',
        },
    ],
});

// A ready text in two clicks.
registry.category("web_tour.tours").add("aftersales_rma_answer", {
    steps: () => [
        {
            content: "Answer the customer",
            trigger: 'button[name="action_answer"]',
            run: "click",
        },
        {
            content: "Choose a text",
            trigger: '.modal .o_aftersales_answers label:contains("Tour answer")',
            run: "click",
        },
        {
            content: "It is in the message",
            trigger: '.modal .o_field_widget[name="body"]:contains("Good day, Anna")',
        },
        {
            content: "Leave it",
            trigger: '.modal button[special="cancel"], .modal button:contains("Discard")',
            run: "click",
        },
        {
            content: "Back on the return",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_rma_board", {
    steps: () => [
        {
            content: "A request that waits too long stands out",
            trigger:
                '.o_kanban_record.o_kanban_color_1:contains("Decision waits: 5 days"):contains("Anna")',
        },
    ],
});
