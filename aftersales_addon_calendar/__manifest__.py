{
    "name": "After-Sales: Calendar",
    "summary": "Technicians find their visits in their calendar",
    "version": "19.0.1.0.0",
    "category": "Services/After-Sales",
    "author": "After-Sales for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["aftersales_addon", "calendar"],
    "data": ["views/calendar_event_views.xml"],
    "auto_install": True,
    "post_init_hook": "_post_init_hook",
}
