{
    "name": "After-Sales: Dashboard",
    "summary": "A spreadsheet dashboard of service, returns, costs and customers",
    "version": "19.0.1.0.0",
    "category": "Services/After-Sales",
    "author": "After-Sales for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["aftersales_addon", "spreadsheet_dashboard"],
    "data": ["data/spreadsheet_dashboard_data.xml"],
    "auto_install": True,
}
