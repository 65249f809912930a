{
    "name": "After-Sales: Store Credit",
    "summary": "Returns are paid back as gift cards or into eWallets",
    "version": "19.0.1.1.0",
    "category": "Services/After-Sales",
    "author": "After-Sales for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["aftersales_addon", "sale_loyalty"],
    "data": [
        "views/aftersales_return_policy_views.xml",
        "views/aftersales_rma_views.xml",
    ],
    "auto_install": True,
}
