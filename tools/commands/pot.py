"""Write the translation template again, and bring each language in step with it."""

from .. import translations
from ..database import Databases, addon_template
from ..paths import addons
from ..stage import ready
from ..steps import say


def main(_arguments: list[str]) -> int:
    """Export the terms of each addon."""
    with ready() as stage:
        databases = Databases(stage)
        names = tuple(addons())
        template = databases.ensure(addon_template(stage, names))
        with databases.scratch(template, "pot") as database:
            for addon in names:
                text = translations.export(stage, database, addon)
                changed = translations.write(addon, text)
                count = len(translations.entries(text))
                state = "written" if changed else "was up to date"
                say(f"  ✓ {addon}.pot: {count} terms, {state}")
    return 0
