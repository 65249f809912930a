import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_extension_quotation", {
    steps: () => [
        {
            content: "Offer the extended warranties of the products",
            trigger: 'button[name="action_aftersales_offer_extensions"]',
            run: "click",
        },
        {
            content: "They stand in a section of their own",
            trigger:
                '.o_field_widget[name="order_line"] tr.o_is_line_section',
        },
        {
            content: "The extension says what it covers",
            trigger:
                '.o_field_widget[name="order_line"] .o_data_row:contains("Plus 1") [name="aftersales_covered_line_id"]:contains("Door lock")',
        },
        {
            content: "It is not bought until the customer chooses it",
            trigger:
                '.o_field_widget[name="order_line"] .o_data_row:contains("Plus 1") [name="product_uom_qty"]:contains("0.00")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_extension_portal_choice", {
    steps: () => [
        {
            content: "Choose the extension",
            trigger: '#sales_order_table tr:contains("Plus 1") a[title="Add one"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is on the quotation",
            trigger: '#sales_order_table tr:contains("Plus 1") input.js_quantity:value("1")',
        },
        {
            content: "Sign",
            trigger: '.o_portal_sale_sidebar a:contains("Sign")',
            run: "click",
        },
        {
            content: "Give the name",
            trigger: ".modal .o_web_sign_name_and_signature input",
            run: "fill Anna Weber",
        },
        {
            content: "Wait for the signature to be drawn",
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "Submit",
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is confirmed",
            trigger: '#quote_content:contains("Thank You")',
        },
    ],
});

registry.category("web_tour.tours").add("aftersales_extension_portal_unit", {
    steps: () => [
        {
            content: "The extension is listed with the warranty of the product",
            trigger:
                '.o_aftersales_portal_asset [name="layer"]:contains("One more year"):contains("In addition")',
        },
        {
            content: "One more is offered",
            trigger: '[name="offers"] [name="offer"]:contains("Plus 2")',
        },
        {
            content: "Ask for it",
            trigger: '[name="offers"] [name="offer"]:contains("Plus 2") button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The quotation over it can be signed",
            trigger: '#sales_order_table tr:contains("Plus 2")',
        },
    ],
});
