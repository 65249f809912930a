"""The screens, in one table: who looks, where, and what has to be there."""

from dataclasses import dataclass

ACTION = "/odoo/action-aftersales_addon."
LIST = ".o_list_view .o_data_row"
KANBAN = ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)"
FORM = ".o_form_view .o_form_sheet, .o_form_view .o_form_nosheet"
PORTAL = "#wrap"


@dataclass(frozen=True)
class Screen:
    """One screen.

    ``path`` may name demo records in braces: ``{order}`` is that
    record's id, ``{asset}`` the unit of the story that expires soon.
    """

    name: str
    login: str
    path: str
    ready: str
    # A script to run before the picture, and what to wait for after it.
    script: str = ""
    then: str = ""
    phone: bool = True


def click(selector: str, text: str = "") -> str:
    """Return a script that clicks what a selector finds, with a text when given."""
    return (
        f"[...document.querySelectorAll({selector!r})]"
        f".find(e => e.textContent.includes({text!r})).click()"
    )


def switch_to(view: str) -> str:
    """Return a script that changes the view; on a phone the buttons are in a menu."""
    return f"""(async () => {{
        let button = document.querySelector('.o_switch_view.o_{view}');
        if (!button) {{
            document.querySelector('.o_cp_switch_buttons .dropdown-toggle').click();
            await new Promise(resolve => setTimeout(resolve, 600));
            button = [...document.querySelectorAll('.o-dropdown--menu .dropdown-item')]
                .find(e => e.textContent.toLowerCase().includes('{view}'));
        }}
        button.click();
    }})()"""


def press(button: str) -> str:
    """Return a script that presses a form's button; on a phone it may be in a menu."""
    return f"""(async () => {{
        const find = () => document.querySelector('button[name={button}]');
        if (!find() || !find().checkVisibility()) {{
            document.querySelector('.o_statusbar_buttons .dropdown-toggle').click();
            await new Promise(resolve => setTimeout(resolve, 600));
        }}
        find().click();
    }})()"""


SCREENS = [
    Screen(
        "main_screenshot",
        "agent",
        "/odoo/installed-products/{asset}",
        ".o_form_view .o_field_one2many .o_data_row",
        phone=False,
    ),
    Screen(
        "overview", "agent", "/odoo/after-sales", ".o_aftersales_overview .container-xl"
    ),
    Screen(
        "installed_products", "agent", "/odoo/installed-products", LIST + "," + KANBAN
    ),
    Screen(
        "installed_products_kanban",
        "agent",
        "/odoo/installed-products?view_type=kanban",
        KANBAN,
        phone=False,
    ),
    Screen(
        "installed_product_form",
        "agent",
        "/odoo/installed-products/{asset}",
        FORM,
    ),
    Screen(
        "add_warranty",
        "agent",
        "/odoo/installed-products/{asset}",
        FORM,
        script=press("action_add_warranty"),
        then=".modal .o_form_view .o_field_widget",
    ),
    Screen(
        "send_certificate",
        "agent",
        "/odoo/installed-products/{asset}",
        FORM,
        script=press("action_send_certificate"),
        then=".modal .o_mail_composer_form_view, .modal .o_form_view .note-editable",
    ),
    Screen(
        "installed_product_timeline",
        "agent",
        "/odoo/installed-products/{asset}",
        FORM,
        script=click(".o_notebook .nav-link", "Timeline"),
        then=".o_field_widget[name=timeline] li",
    ),
    Screen(
        "installed_products_calendar",
        "agent",
        "/odoo/installed-products",
        LIST + "," + KANBAN,
        script=switch_to("calendar"),
        then=".o_calendar_view .fc-view",
    ),
    Screen(
        "installed_products_pivot",
        "agent",
        "/odoo/installed-products",
        LIST + "," + KANBAN,
        script=switch_to("pivot"),
        then=".o_pivot_view table",
    ),
    Screen("warranties", "agent", "/odoo/warranties", LIST + "," + KANBAN),
    Screen(
        "warranty_form",
        "agent",
        "/odoo/warranties/{warranty}",
        FORM,
    ),
    Screen(
        "warranty_policies", "manager", "/odoo/warranty-policies", LIST + "," + KANBAN
    ),
    Screen(
        "warranty_policy_form",
        "manager",
        "/odoo/warranty-policies/{policy}",
        FORM,
    ),
    Screen(
        "product_tab",
        "manager",
        "/odoo/action-stock.product_template_action_product/{template}",
        FORM,
        script=click(".o_notebook .nav-link", "After-Sales"),
        then=".o_field_widget[name=aftersales_policy_ids]",
    ),
    Screen(
        "sale_order",
        "agent",
        "/odoo/action-sale.action_orders/{order}",
        FORM,
    ),
    Screen(
        "delivery",
        "agent",
        "/odoo/action-stock.action_picking_tree_all/{delivery}",
        FORM,
    ),
    Screen(
        "lot",
        "agent",
        "/odoo/action-stock.action_production_lot_form/{lot}",
        FORM,
    ),
    Screen(
        "product_category",
        "manager",
        "/odoo/action-product.product_category_action_form/{category}",
        FORM,
    ),
    Screen(
        "customer",
        "agent",
        "/odoo/action-base.action_partner_form/{customer}",
        FORM,
    ),
    Screen(
        "settings",
        "admin",
        ACTION + "aftersales_settings_action",
        ".app_settings_block[data-key=aftersales_addon], .app_settings_block",
    ),
    Screen(
        "past_deliveries",
        "manager",
        "/odoo/past-deliveries/{past_deliveries}",
        FORM,
    ),
    Screen(
        "extended_product_form",
        "agent",
        "/odoo/installed-products/{extended}",
        FORM,
    ),
    Screen(
        "extended_warranty_order",
        "agent",
        "/odoo/action-sale.action_orders/{care}",
        FORM,
    ),
    Screen(
        "usage_limit_form",
        "agent",
        "/odoo/installed-products/{machine}",
        FORM,
    ),
    Screen("usage_readings", "agent", "/odoo/usage-readings", LIST + "," + KANBAN),
    Screen(
        "usage_limit_policy",
        "manager",
        "/odoo/warranty-policies/{machine_policy}",
        FORM,
    ),
    Screen(
        "repair",
        "admin",
        "/odoo/action-repair.action_repair_order_tree/{repair}",
        FORM,
    ),
    Screen(
        "repair_quotation",
        "agent",
        "/odoo/action-sale.action_orders/{repair_quotation}",
        FORM,
    ),
    Screen("assessments", "agent", "/odoo/assessments", LIST + "," + KANBAN),
    Screen("assessment_form", "agent", "/odoo/assessments/{goodwill}", FORM),
    Screen(
        "replacement_form",
        "agent",
        "/odoo/installed-products/{replacement}",
        FORM,
        script=click(".o_notebook .nav-link", "Timeline"),
        then=".o_field_widget[name=timeline] li",
    ),
    Screen(
        "passed_on_form",
        "agent",
        "/odoo/installed-products/{passed_on}",
        FORM,
    ),
    Screen(
        "what_is_covered",
        "agent",
        "/odoo/installed-products/{tired}",
        FORM,
        script=press("action_assess"),
        then=".modal .o_form_view .o_field_widget",
    ),
    Screen(
        "replace",
        "agent",
        "/odoo/installed-products/{asset}",
        FORM,
        script=press("action_replace"),
        then=".modal .o_form_view .o_field_widget",
    ),
    Screen(
        "pass_on",
        "agent",
        "/odoo/installed-products/{extended}",
        FORM,
        script=press("action_pass_on"),
        then=".modal .o_form_view .o_field_widget",
    ),
    Screen("changes_of_hands", "agent", "/odoo/changes-of-hands", LIST + "," + KANBAN),
    Screen(
        "registrations", "agent", "/odoo/product-registrations", LIST + "," + KANBAN
    ),
    Screen(
        "registration",
        "agent",
        "/odoo/product-registrations/{registration}",
        FORM,
    ),
    Screen(
        "provisions",
        "manager",
        "/odoo/warranty-provision-months/{provision}",
        FORM,
    ),
    Screen("recall", "manager", "/odoo/recalls/{recall}", FORM),
    Screen(
        "after_sales_settings",
        "manager",
        ACTION + "aftersales_settings_action_manager",
        ".modal .o_form_view .o_field_widget",
    ),
    Screen("returns", "agent", "/odoo/returns", LIST + "," + KANBAN),
    Screen(
        "returns_kanban",
        "agent",
        "/odoo/returns?view_type=kanban",
        KANBAN,
        phone=False,
    ),
    Screen("return_form", "agent", "/odoo/returns/{rma}", FORM),
    Screen(
        "return_inspection",
        "agent",
        "/odoo/returns/{rma_partial}",
        FORM,
        script=press("action_inspect"),
        then=".modal .o_form_view .o_field_widget",
    ),
    Screen("return_to_look_at", "agent", "/odoo/returns/{rma_flagged}", FORM),
    Screen(
        "return_answer",
        "agent",
        "/odoo/returns/{rma_asked}",
        FORM,
        script=press("action_answer"),
        then=".modal .o_aftersales_answers input",
    ),
    Screen(
        "return_figures",
        "agent",
        "/odoo/return-figures",
        ".o_graph_view canvas",
    ),
    Screen("cases", "agent", "/odoo/service-cases", KANBAN),
    Screen("case_form", "agent", "/odoo/service-cases/{case}", FORM),
    Screen("case_desk", "agent", "/odoo/service-desk", ".o_aftersales_desk"),
    Screen(
        "case_figures",
        "manager",
        "/odoo/service-figures",
        ".o_pivot table, .o_view_nocontent",
    ),
    Screen("contracts", "agent", "/odoo/service-contracts", LIST + "," + KANBAN),
    Screen("contract_form", "agent", "/odoo/service-contracts/{contract}", FORM),
    Screen(
        "service_plan",
        "manager",
        ACTION + "aftersales_plan_action/{plan}",
        FORM,
    ),
    Screen(
        "visits_calendar",
        "agent",
        "/odoo/visits",
        ".o_view_controller",
        script=switch_to("calendar"),
        then=".o_calendar_view .fc-view",
    ),
    Screen(
        "visits_kanban",
        "agent",
        "/odoo/visits",
        ".o_view_controller",
        script=switch_to("kanban"),
        then=KANBAN,
    ),
    Screen("visit_form", "agent", "/odoo/visits/{visit_done}", FORM),
    Screen(
        "visit_work",
        "technician",
        "/odoo/my-day",
        # A visit that was open before, on the larger screen, is open again.
        ".o_aftersales_visit, .o_aftersales_visit_form header",
        script="document.querySelector('.o_aftersales_visit')?.click(); 0",
        then=".o_aftersales_visit_form header",
    ),
    Screen(
        "followup_rule",
        "manager",
        ACTION + "aftersales_followup_rule_action/{followup_rule}",
        FORM,
    ),
    Screen(
        "figures",
        "manager",
        "/odoo/aftersales-figures",
        ".o_aftersales_figures",
    ),
    Screen("portal_contracts", "customer", "/my/contracts", PORTAL),
    Screen("portal_contract", "customer", "/my/contracts/{contract}", PORTAL),
    Screen(
        "portal_contract_sign",
        "customer",
        "/my/contracts/{contract_offer}",
        PORTAL,
    ),
    Screen("portal_visit", "customer", "/my/visits/{visit_done}", PORTAL),
    Screen("portal_cases", "customer", "/my/cases", PORTAL),
    Screen("portal_new_case", "customer", "/my/cases/new", PORTAL),
    Screen("portal_help", "customer", "/aftersales/help", PORTAL),
    Screen("return_team", "manager", "/odoo/after-sales-teams/{return_team}", FORM),
    Screen("portal_home", "customer", "/my", PORTAL),
    Screen("portal_returns", "customer", "/my/returns", PORTAL),
    Screen("portal_return", "customer", "/my/returns/{rma}", PORTAL),
    Screen("portal_list", "customer", "/my/installed-products", PORTAL),
    Screen("portal_product", "customer", "/my/installed-products/{asset}", PORTAL),
    Screen(
        "portal_extended_product",
        "customer",
        "/my/installed-products/{extended}",
        PORTAL,
    ),
    Screen("portal_machine", "customer", "/my/installed-products/{machine}", PORTAL),
    Screen(
        "portal_pass_on",
        "customer",
        "/my/installed-products/{extended}/pass-on",
        PORTAL,
    ),
    Screen("portal_registration", "customer", "/aftersales/register", PORTAL),
    Screen(
        "portal_delivery",
        "customer",
        "/my/installed-products/delivery/{delivery_key}",
        PORTAL,
    ),
]

# Documents on paper: name, who opens it, where.
DOCUMENTS = [
    (
        "certificate",
        "agent",
        "/report/html/aftersales_addon.aftersales_asset_certificate/{asset}",
    ),
    (
        "certificate_german",
        "agent",
        "/report/html/aftersales_addon.aftersales_asset_certificate/{german_asset}",
    ),
]
