{
    "name": "After-Sales: Kits",
    "summary": "Take back goods that were sold as a kit and delivered in parts",
    "version": "19.0.1.0.0",
    "category": "Services/After-Sales",
    "author": "After-Sales for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["aftersales_addon", "sale_mrp"],
    "auto_install": True,
}
