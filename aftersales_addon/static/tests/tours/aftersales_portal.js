import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_portal_installed_product", {
    url: "/my",
    steps: () => [
        {
            content: "Open the list of the own products",
            trigger: '.o_portal_my_home a[href="/my/installed-products"]:visible',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open the lock",
            trigger: '.o_portal_my_doc_table a:contains("Door lock")',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says how long the lock is covered",
            trigger: '.o_aftersales_portal_asset .badge:contains("Covered until")',
        },
        {
            content: "The customer can write from there",
            trigger: "#chatterRoot:shadow .o-mail-Composer",
        },
    ],
});
