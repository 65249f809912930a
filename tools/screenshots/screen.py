"""One screen: who looks, where, and what has to be there."""

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
    record's id, ``{asset}`` the unit of the story that expires soon. Without a
    ``login`` a guest looks.
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
