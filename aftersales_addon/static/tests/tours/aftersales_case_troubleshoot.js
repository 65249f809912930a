import { registry } from "@web/core/registry";

const step = (number) => `.o_aftersales_troubleshoot .o_aftersales_try:nth-child(${number})`;

registry.category("web_tour.tours").add("aftersales_case_troubleshoot", {
    steps: () => [
        {
            content: "What a colleague tried is there without a click",
            trigger:
                '.o_field_widget[name="tried_step_ids"] .o_data_row:contains("Turn it 1.")',
        },
        {
            content: "And what was tried on the unit before",
            trigger: '.o_field_widget[name="tried_before_ids"] .o_data_row',
        },
        {
            content: "Open the steps",
            trigger: 'button[name="action_troubleshoot"]',
            run: "click",
        },
        {
            content: "The first step was tried already, here and before",
            trigger: `${step(1)}[data-result="not_helped"]:contains("Before on this unit")`,
        },
        {
            content: "Not possible",
            trigger: `${step(2)} button[name="skipped"]`,
            run: "click",
        },
        {
            content: "Why not",
            trigger: `${step(2)} .o_aftersales_try_remark`,
            run: "edit No ladder",
        },
        {
            content: "A wrong button",
            trigger: `${step(3)} button[name="not_helped"]`,
            run: "click",
        },
        {
            content: "It is recorded: who and when",
            trigger: `${step(3)}[data-result="not_helped"] .text-muted`,
        },
        {
            content: "It helped after all",
            trigger: `${step(3)} button[name="helped"]`,
            run: "click",
        },
        {
            content: "Solve it with one click",
            trigger: '.modal-footer button[name="solve"]',
            run: "click",
        },
        {
            content: "It is solved, with what was tried",
            trigger:
                'body:not(:has(.modal)) .o_form_view:has(button[name="action_reopen"]) .o_field_widget[name="tried_step_ids"] .o_data_row:contains("No ladder")',
        },
        {
            content: "And one note of it",
            trigger: '.o-mail-Message:contains("No ladder")',
        },
    ],
});
