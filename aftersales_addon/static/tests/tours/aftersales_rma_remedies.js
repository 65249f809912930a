import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_exchange", {
    steps: () => [
        {
            content: "What the exchange costs more is shown",
            trigger: '.o_field_widget[name="exchange_difference"]:contains("60")',
        },
        {
            content: "Inspect what came",
            trigger: 'button[name="action_inspect"]',
            run: "click",
        },
        {
            content: "The goods stand there with what is the rule",
            trigger: '.modal .o_data_row td[name="remedy"]:contains("Exchange")',
        },
        {
            content: "Confirm",
            trigger: '.modal button[name="action_confirm"]',
            run: "click",
        },
        {
            content: "The goods are inspected",
            trigger: '.o_field_widget[name="inspection_status"]:contains("Inspected")',
        },
        {
            content: "Order what the customer gets",
            trigger: 'button[name="action_send_replacement"]',
            run: "click",
        },
        {
            content: "Nothing more is to be ordered",
            trigger:
                '.o_form_view:not(:has(button[name="action_send_replacement"])) button[name="action_refund"]',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_advance", {
    steps: () => [
        {
            content: "The old unit is overdue: charge the replacement",
            trigger: 'button[name="action_charge_replacement"]',
            run: "click",
        },
        {
            content: "Confirm",
            trigger: '.modal button:contains("Charge It")',
            run: "click",
        },
        {
            content: "That was it",
            trigger:
                '.o_form_view:not(:has(button[name="action_charge_replacement"])) button[name="action_view_receipts"], .o_form_view:not(:has(button[name="action_charge_replacement"])) button[name="action_done"]',
        },
    ],
});
