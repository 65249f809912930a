{
    "name": "After-Sales: Shipping",
    "summary": "Return labels and tracking of carriers on returns",
    "version": "19.0.1.0.0",
    "category": "Services/After-Sales",
    "author": "After-Sales for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["aftersales_addon", "stock_delivery"],
    "data": [
        "views/aftersales_rma_views.xml",
    ],
    "auto_install": True,
}
