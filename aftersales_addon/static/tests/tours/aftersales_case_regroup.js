import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_case_merge", {
    steps: () => [
        {
            content: "The customer has written twice: open the second case",
            trigger: '.o_kanban_record:contains("Still no answer")',
            run: "click",
        },
        {
            content: "What can be done with a case",
            trigger:
                '.o_form_view:has(.o_last_breadcrumb_item:contains("Still no answer")) .o_cp_action_menus button:has(.fa-cog)',
            run: "click",
        },
        {
            content: "Merge it",
            trigger: '.o-dropdown--menu .o_menu_item:contains("Merge")',
            run: "click",
        },
        {
            content: "The other open case of the customer is there already",
            trigger: '.modal .o_data_row:contains("The lock rattles")',
        },
        {
            content: "The older one stays",
            trigger:
                '.modal .o_field_widget[name="target_id"] input:value("The lock rattles")',
        },
        {
            content: "Merge",
            trigger: '.modal button[name="action_merge"]',
            run: "click",
        },
        {
            content: "It goes on in the older one",
            trigger:
                'body:not(:has(.modal)) .o_last_breadcrumb_item:contains("The lock rattles")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_case_split", {
    steps: () => [
        {
            content: "A case with two concerns",
            trigger: '.o_kanban_record:contains("The lock rattles")',
            run: "click",
        },
        {
            content: "What can be done with a case",
            trigger: ".o_form_view .o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Split it",
            trigger: '.o-dropdown--menu .o_menu_item:contains("Split")',
            run: "click",
        },
        {
            content: "Name what is split off",
            trigger: '.modal .o_field_widget[name="name"] input',
            run: "edit The invoice is missing",
        },
        {
            content: "Tick the message that is about something else",
            trigger:
                '.modal .o_data_row:contains("Where is my invoice") td[name="is_chosen"] .o_boolean_toggle',
            run: "click",
        },
        {
            content: "Split",
            trigger: '.modal button[name="action_split"]',
            run: "click",
        },
        {
            content: "The new case is open",
            trigger:
                'body:not(:has(.modal)) .o_last_breadcrumb_item:contains("The invoice is missing")',
        },
    ],
});
