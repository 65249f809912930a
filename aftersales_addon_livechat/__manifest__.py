{
    "name": "After-Sales: Live Chat",
    "summary": "Lead readers of help to the live chat, make service cases of it",
    "version": "19.0.1.1.0",
    "category": "Services/After-Sales",
    "author": "After-Sales for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["aftersales_addon", "im_livechat"],
    "data": [
        "views/aftersales_case_views.xml",
        "views/aftersales_help_templates.xml",
        "views/im_livechat_channel_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["aftersales_addon_livechat/static/src/**/*"],
    },
    "auto_install": True,
}
