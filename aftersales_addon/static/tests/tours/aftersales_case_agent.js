import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_case_agent", {
    steps: () => [
        {
            content: "The case waits on the desk",
            trigger:
                '.o_aftersales_list_unassigned .o_aftersales_row:contains("The lock rattles")',
            run: "click",
        },
        {
            content: "Who pays what is there without a click",
            trigger:
                '.o_form_view .o_field_widget[name="coverage_answer"]:contains("100 %")',
        },
        {
            content: "Take it",
            trigger: '.o_form_view button[name="action_take"]',
            run: "click",
        },
        {
            content: "The best next step stands out: repair",
            trigger:
                'body:not(:has(button[name="action_take"])) .o_aftersales_next:contains("at no cost") button.btn-primary[name="action_repair"]',
            run: "click",
        },
        {
            content: "The repair is filled in",
            trigger: '.o_form_view button[name="action_validate"]',
            run: "click",
        },
        {
            content: "The unit is with the customer: go on all the same",
            trigger: '.modal button[name="action_done"]',
            run: "click",
        },
        {
            content: "Begin",
            trigger: 'body:not(:has(.modal)) button[name="action_repair_start"]',
            run: "click",
        },
        {
            content: "End",
            trigger: 'button[name="action_repair_end"]',
            run: "click",
        },
        {
            content: "Back to the case",
            trigger:
                '.o_form_view:has(.o_arrow_button_current:contains("Repaired")) button[name="action_aftersales_view_case"]',
            run: "click",
        },
        {
            content: "It is solved by itself: close it",
            trigger: '.o_form_view button[name="action_close"]',
            run: "click",
        },
        {
            content: "It is closed",
            trigger: '.o_form_view button[name="action_reopen"]',
        },
    ],
});
