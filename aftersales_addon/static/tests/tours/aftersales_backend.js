import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("aftersales_overview", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "aftersales_addon.aftersales_menu_root",
            "Open the application"
        ),
        {
            content: "The overview counts the covered unit",
            trigger: '.o_aftersales_tile[name="covered"]:contains("1")',
        },
        {
            content: "Type the serial number",
            trigger: ".o_aftersales_search input",
            run: "edit SN-TOUR-1",
        },
        {
            content: "The answer is there before Enter is pressed",
            trigger: '.o_aftersales_matches .badge:contains("Covered until")',
        },
        {
            content: "Press Enter",
            trigger: ".o_aftersales_search input",
            run: "press Enter",
        },
        {
            content: "The unit says how long it is covered",
            trigger:
                '.o_form_view [name="coverage_label"] .badge:contains("Covered until")',
        },
        {
            content: "Back to the overview",
            trigger: '.o_menu_sections [data-menu-xmlid="aftersales_addon.aftersales_overview_menu"]',
            run: "click",
        },
        {
            content: "A tile opens its list",
            trigger: '.o_aftersales_tile[name="covered"]',
            run: "click",
        },
        {
            content: "The list has the filter of the tile and the unit",
            trigger:
                '.o_list_view:has(.o_facet_value:contains("Covered")) .o_data_row:contains("SN-TOUR-1")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_policy", {
    url: "/odoo/warranty-policies/new",
    steps: () => [
        {
            content: "Name the policy",
            trigger: '.o_form_view .o_field_widget[name="name"] input',
            run: "edit Three years",
        },
        {
            content: "Set the term",
            trigger: '.o_field_widget[name="duration"] input',
            run: "edit 36",
        },
        {
            content: "Cover one more item",
            trigger: '.o_field_widget[name="line_ids"] .o_field_x2many_list_row_add a',
            run: "click",
        },
        {
            content: "Choose travel",
            trigger: '.o_selected_row [name="item"] input',
            run: "click",
        },
        {
            content: "Choose travel in the menu",
            trigger: '.o_select_menu_item:contains("Travel")',
            run: "click",
        },
        {
            content: "Pay for half of it",
            trigger: '.o_selected_row [name="share"] input',
            run: "edit 50",
        },
        ...stepUtils.saveForm(),
        {
            content: "Open the configuration",
            trigger: '[data-menu-xmlid="aftersales_addon.aftersales_configuration_menu"]',
            run: "click",
        },
        {
            content: "See the policies",
            trigger:
                '.o-dropdown--menu [data-menu-xmlid="aftersales_addon.aftersales_warranty_policy_menu"]',
            run: "click",
        },
        {
            content: "The new policy is listed with its term",
            trigger: '.o_list_view .o_data_row:contains("Three years"):contains("36 months")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_category", {
    steps: () => [
        {
            content: "Choose the policy for the category",
            trigger: '.o_form_view [name="aftersales_policy_ids"] input',
            run: "edit Three years",
        },
        {
            content: "Pick it",
            trigger: '.o-autocomplete--dropdown-item:contains("Three years")',
            run: "click",
        },
        {
            content: "It is there",
            trigger: '[name="aftersales_policy_ids"] .o_tag:contains("Three years")',
        },
        ...stepUtils.saveForm(),
    ],
});

registry.category("web_tour.tours").add("aftersales_order", {
    steps: () => [
        {
            content: "The order line says how long its unit is covered",
            trigger:
                '.o_field_widget[name="order_line"] [name="aftersales_coverage_label"]:contains("Covered until")',
        },
        {
            content: "Open the installed product",
            trigger: 'button[name="action_aftersales_view_assets"]',
            run: "click",
        },
        {
            content: "The unit of the order is open",
            trigger:
                '.o_form_view [name="coverage_label"] .badge:contains("Covered until")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_enter_by_hand", {
    url: "/odoo/installed-products/new",
    steps: () => [
        {
            content: "Type the product",
            trigger: '.o_form_view [name="product_id"] input',
            run: "edit Door lock",
        },
        {
            content: "Choose it",
            trigger: '.o-autocomplete--dropdown-item:contains("Door lock")',
            run: "click",
        },
        {
            content: "Its warranty is announced",
            trigger: '[name="promised_policy_ids"] .o_tag:contains("Two years")',
        },
        {
            content: "Type the number of the unit",
            trigger: '[name="serial_number"] input',
            run: "edit BOUGHT-ELSEWHERE",
        },
        ...stepUtils.saveForm(),
        {
            content: "The unit is covered",
            trigger:
                '.o_form_view [name="coverage_label"] .badge:contains("Covered until")',
        },
        {
            content: "Open what is done less often",
            trigger: '.o_statusbar_buttons button:contains("More")',
            run: "click",
        },
        {
            content: "Sell an extension",
            trigger: '.o-dropdown--menu button[name="action_add_warranty"]',
            run: "click",
        },
        {
            content: "Type its policy",
            trigger: '.modal [name="policy_id"] input',
            run: "edit Extension",
        },
        {
            content: "Choose it",
            trigger: '.o-autocomplete--dropdown-item:contains("Extension")',
            run: "click",
        },
        {
            content: "The last day is shown beforehand",
            trigger: '.modal [name="date_end"]',
        },
        {
            content: "Add it",
            trigger: '.modal button[name="action_add"]',
            run: "click",
        },
        {
            content: "The unit lists it",
            trigger:
                'body:not(:has(.modal)) [name="warranty_ids"] .o_data_row:contains("Extension")',
        },
    ],
});
