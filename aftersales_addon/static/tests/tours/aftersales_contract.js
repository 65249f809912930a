import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_contract_sold", {
    steps: () => [
        {
            content: "The quotation says what the plan promises",
            trigger:
                '.o_field_widget[name="order_line"] .o_data_row:contains("Maintenance every 6 months")',
        },
        {
            content: "It says for which unit",
            trigger:
                '.o_field_widget[name="order_line"] .o_data_row:contains("LK-1001")',
        },
        {
            content: "Confirm the order",
            trigger: '.o_statusbar_buttons button[name="action_confirm"]:enabled',
            run: "click",
        },
        {
            content: "Open the contract that it made",
            trigger: 'button[name="action_aftersales_view_contracts"]',
            run: "click",
        },
        {
            content: "It runs",
            trigger:
                '.o_field_widget[name="state"] .o_arrow_button_current:contains("Running")',
        },
        {
            content: "The unit is under it",
            trigger:
                '.o_field_widget[name="line_ids"] .o_data_row:contains("LK-1001")',
        },
        {
            content: "Look at its visits",
            trigger: '.o_notebook a[name="visits"]',
            run: "click",
        },
        {
            content: "The first one is planned",
            trigger:
                '.o_field_widget[name="visit_ids"] .o_data_row:contains("Planned")',
        },
        {
            content: "See what was agreed",
            trigger: '.o_notebook a[name="history"]',
            run: "click",
        },
        {
            content: "The first version is kept",
            trigger:
                '.o_field_widget[name="version_ids"] .o_data_row:contains("As agreed")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_contract_units", {
    steps: () => [
        {
            content: "Add a unit",
            trigger: 'button[name="action_add_units"]',
            run: "click",
        },
        {
            content: "Search by its serial number",
            trigger: '.modal .o_field_widget[name="asset_ids"] input',
            run: "edit LK-2002",
        },
        {
            content: "Choose it",
            trigger: '.modal .o-autocomplete--dropdown-item:contains("LK-2002")',
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: '.modal .o_field_widget[name="asset_ids"] .o_tag:contains("LK-2002")',
        },
        {
            content: "Put it under the contract",
            trigger: '.modal button[name="action_confirm"]',
            run: "click",
        },
        {
            content: "It is in the lines",
            trigger:
                'body:not(:has(.modal)) .o_field_widget[name="line_ids"] .o_data_row:contains("LK-2002")',
        },
    ],
});
