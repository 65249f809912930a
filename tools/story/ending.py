"""The last part: a week later all is well, and the manager sees what it was worth."""

from .shop import CLARA, PRODUCT

JOBS = (
    "aftersales_addon.ir_cron_followup_plan",
    "aftersales_addon.ir_cron_followup_run",
    "aftersales_addon.ir_cron_case_close",
    "mail.ir_cron_mail_scheduler_action",
)
ASKED = "Is all well with your replacement?"
FIGURES = "/odoo/aftersales-figures"


def week_later(scene) -> None:
    """The follow-up asks, a week after she got the new one."""
    clara = scene.who("clara")
    scene.pass_days(6)
    scene.run_jobs(*JOBS)
    scene.facts["asked too early"] = len(scene.postbox.of(CLARA, ASKED))
    scene.pass_days(1)
    scene.run_jobs(*JOBS)
    clara.read(scene.letter(CLARA, ASKED))
    scene.picture(clara, "asked", "A week later: is all well?")


def thanks(scene) -> None:
    """She rates 5 and answers 10."""
    clara = scene.who("clara")
    letter = scene.letter(CLARA, "How was our help")
    clara.follow(letter, "/5", ".o_rating_page_submit")
    clara.type("textarea[name=feedback]", "Quick and friendly, thank you!")
    scene.picture(clara, "rating", "She is satisfied")
    clara.click("button[type=submit]", "Send")
    clara.see(".o_rating_page_thank_you")
    letter = scene.letter(CLARA, "Would you recommend us?")
    clara.follow(letter, "score=10", ".o_aftersales_nps")
    clara.click(".o_aftersales_nps button[type=submit]")
    clara.see(".o_aftersales_nps .alert-success", "Thank you")
    scene.picture(clara, "recommendation", "She would recommend the shop: 10 of 10")


def overview(scene) -> None:
    """The manager sees the case solved at first contact, its cost, the failures."""
    # First contact counts once nothing was heard for a week.
    scene.pass_days(1)
    manager = scene.who("manager")
    manager.open(FIGURES, ".o_aftersales_figures")
    scene.facts["first contact"] = manager.see("button[name=fcr_rate]", "100")
    scene.facts["satisfied"] = manager.see("button[name=csat_rate]", "100")
    scene.facts["recommended"] = manager.see("button[name=points]", "100")
    scene.facts["figures"] = manager.see(".o_aftersales_figures", PRODUCT)
    scene.picture(manager, "overview", "The manager's overview")
