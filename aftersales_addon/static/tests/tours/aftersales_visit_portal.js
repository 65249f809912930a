import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_visit_portal", {
    steps: () => [
        {
            content: "From home to the visits",
            trigger: 'a[href="/my/visits"]:contains("Service Visits")',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open the next visit",
            trigger: '.o_portal_my_doc_table a[href^="/my/visits/"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Move the appointment",
            trigger: 'a[name="choose_time"]:contains("Move the appointment")',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose a free time",
            trigger: ".o_aftersales_visit_time fieldset:eq(1) label:first",
            run: "click",
        },
        {
            content: "Take it",
            trigger: 'button[name="take"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The appointment is fixed",
            trigger: '[name="thanks"]:contains("Your appointment is fixed")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_contract_sign", {
    steps: () => [
        {
            content: "From home to the contracts",
            trigger: 'a[href="/my/contracts"]:contains("Service Contracts")',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open the one that waits for a signature",
            trigger:
                '.o_portal_my_doc_table tr:contains("Waiting for your signature") a',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Accept and sign",
            trigger: 'button[name="contract_sign"]',
            run: "click",
        },
        {
            content: "Type the name",
            trigger: ".modal .o_web_sign_name_and_signature input",
            run: "edit Anna Weber",
        },
        {
            content: "The name stands as a signature",
            trigger: ".modal canvas.o_web_sign_signature",
        },
        {
            content: "Sign",
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The contract is signed",
            trigger: '[name="signed"]:contains("the contract is signed")',
        },
        {
            content: "It runs, with the signature on it",
            trigger: 'section[name="signature"]:contains("Anna Weber")',
        },
    ],
});
