import { registry } from "@web/core/registry";

/** The definition is one hover away, the records one click, the overview one more. */
function opens(figure, trigger, definition, found) {
    return [
        {
            content: `${figure}: its definition is one hover away`,
            trigger: `${trigger}[title*="${definition}"]`,
            run: "hover",
        },
        {
            content: `${figure}: a click opens what stands behind it`,
            trigger,
            run: "click",
        },
        {
            content: `${figure}: there it is`,
            trigger: found,
        },
        {
            content: "Back to the overview",
            trigger: ".o_back_button",
            run: "click",
        },
    ];
}

const row = (text) => `.o_list_view .o_data_row:contains("${text}")`;

registry.category("web_tour.tours").add("aftersales_figures", {
    steps: () => [
        ...opens(
            "Open cases",
            '.o_aftersales_tile[name="cases"]',
            "neither solved nor closed",
            row("The sensor sleeps")
        ),
        ...opens(
            "Satisfaction",
            'button[name="csat_rate"]',
            "those who gave 4 or 5",
            '.o_list_view:has(.o_data_row:contains("Sensor")) th[data-name="rating"]'
        ),
        ...opens(
            "Recommendation",
            'button[name="points"]',
            "net promoter score",
            row("Anna")
        ),
        ...opens(
            "By age",
            '.o_aftersales_ages button[name="today"]',
            "since they were reported",
            row("The sensor sleeps")
        ),
        ...opens(
            "By promise",
            '.o_aftersales_promises button[name="none"]',
            "the next promised time",
            row("The sensor sleeps")
        ),
        ...opens(
            "Revenue at hand",
            '.o_aftersales_tile[name="warranties"]',
            "coverage ends in the next 90 days",
            row("Sensor")
        ),
        ...opens(
            "Products that fail",
            '.o_aftersales_row:contains("Sensor")',
            "What belongs to one case counts once",
            row("Service Case")
        ),
        ...opens(
            "Customers at risk",
            '.o_aftersales_row:contains("Anna")',
            "How many of these hold",
            '.o_form_view .o_field_widget[name="name"]'
        ),
        ...opens(
            "Cost by product",
            '.o_aftersales_cost_product .o_aftersales_bar:contains("Sensor")',
            "The work of the team",
            row("Sensor")
        ),
        {
            content: "All of it again",
            trigger: '.o_aftersales_figures .o_aftersales_tile[name="cases"]',
        },
    ],
});
