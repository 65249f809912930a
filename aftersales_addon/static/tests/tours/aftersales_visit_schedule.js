import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_visit_schedule", {
    steps: () => [
        {
            content: "The visit that the contract planned",
            trigger: '.o_list_view .o_data_row:contains("Planned") .o_data_cell[name="number"]',
            run: "click",
        },
        {
            content: "Make the appointment",
            trigger: '.o_form_view button[name="action_schedule"].btn-primary',
            run: "click",
        },
        {
            content: "Who could come and when is filled in: take it",
            trigger:
                '.modal:has(.o_field_widget[name="proposals"]:contains("Tom")) button[name="action_schedule"]',
            run: "click",
        },
        {
            content: "The customer is expected to be there",
            trigger:
                'body:not(:has(.modal)) .o_form_view:has(.o_arrow_button_current:contains("Scheduled")) button[name="action_set_off"]',
        },
    ],
});
