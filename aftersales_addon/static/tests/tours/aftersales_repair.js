import { registry } from "@web/core/registry";
import saleTour from "@sale/js/tours/tour_utils";

const PART_ROW = "div[name=move_ids] .o_selected_row";

function addPart(name) {
    return [
        {
            content: `Add a line for ${name}`,
            trigger: 'div[name=move_ids] a:contains("Add a line")',
            run: "click",
        },
        {
            content: `Type ${name}`,
            trigger: `${PART_ROW} .o_field_widget[name=product_id] input`,
            run: `edit ${name}`,
        },
        {
            content: `Choose ${name}`,
            trigger: `.ui-menu-item > a:contains("${name}")`,
            run: "click",
        },
        {
            content: `The line has ${name}`,
            trigger: `${PART_ROW} .o_field_widget[name=product_id] input:value("${name}")`,
        },
    ];
}

registry.category("web_tour.tours").add("aftersales_repair", {
    steps: () => [
        {
            content: "Ask what is covered",
            trigger: '.o_form_view button[name="action_assess"]',
            run: "click",
        },
        {
            content: "The answer is there at once, with its reason",
            trigger:
                '.modal .o_aftersales_answer:contains("100 %"):contains("The product is with the customer")',
        },
        {
            content: "Close the answer",
            trigger: '.modal-footer button:contains("Close")',
            run: "click",
        },
        {
            content: "Repair the unit",
            trigger:
                'body:not(:has(.modal)) .o_form_view button[name="action_create_repair"]',
            run: "click",
        },
        {
            content: "The repair knows the unit and who pays before it is saved",
            trigger:
                '.o_form_view:has(.o_field_widget[name="aftersales_asset_id"] input:value("SN-TOUR")) .o_aftersales_answer tr:contains("Parts"):contains("100 %")',
        },
        ...addPart("Motor"),
        ...addPart("Oil"),
        {
            content: "Make the quotation",
            trigger: 'button[name="action_create_sale_order"]',
            run: "click",
        },
        {
            content: "The motor costs nothing, and the line says why",
            trigger:
                '.o_sale_order .o_data_row:contains("Motor"):contains("paid by the warranty"):contains("0.00")',
        },
        ...saleTour.addProduct("Repair work", 3),
        {
            content: "The line has its price",
            trigger:
                '.o_sale_order .o_selected_row .o_field_widget[name="price_unit"] input:value("100.00")',
        },
        {
            content: "Save the order",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The work is paid by the warranty too: the customer pays the oil",
            trigger:
                '.o_sale_order:has(.o_data_row:contains("Repair work"):contains("Labour: 100 %")) div[name="tax_totals"]:contains("30.00")',
        },
        {
            content: "Confirm the order",
            trigger: 'button[name="action_confirm"]',
            run: "click",
        },
        {
            content: "Invoice it",
            trigger: '.o_statusbar_buttons button:contains("Create Invoice")',
            run: "click",
        },
        {
            content: "Make the draft",
            trigger: '.modal button:contains("Create Draft")',
            run: "click",
        },
        {
            content: "The invoice charges the oil and nothing else",
            trigger:
                '.o_form_view:has(.o_data_row:contains("Oil"):contains("30.00")) div[name="tax_totals"]:contains("30.00"):not(:contains("330"))',
        },
    ],
});
