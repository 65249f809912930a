"""The second part: a chat, a case, the unit in view, steps that do not help."""

from .shop import BROKEN, STEPS, SYMPTOM

CHAT = ".o-mail-ChatWindow"
COMPOSER = ".o-mail-Composer-input"
FOLD = f"{CHAT} [title=Fold]"
# What the agent asks her to try, and what she says.
TRIED = (
    ("Please take it off the wall and put it back after ten seconds.", "No change."),
    ("How many walls are there to the router?", "Only one."),
    ("Then choose “Connect again” in the app, please.", "It gets lost again."),
)


def chat(scene) -> None:
    """She opens a chat, an agent answers, and the case has all that was said."""
    agent, clara = scene.who("agent"), scene.who("clara")
    clara.click("[name=sorry] a[name=chat]")
    clara.see(".o_aftersales_chat")
    clara.click(".o-livechat-LivechatButton")
    say(clara, "Good morning, my thermostat loses its connection every day.", CHAT)
    agent.click(".o-mail-DiscussSidebarChannel, .o-mail-DiscussSidebar button", "Clara")
    agent.see(".o-mail-Message", "loses its connection")
    say(agent, "Good morning, I am sorry to hear that. Which number is on its back?")
    clara.see(".o-mail-Message", "Which number")
    say(clara, f"It says {BROKEN}.", CHAT)
    agent.see(".o-mail-Message", BROKEN)
    scene.picture(clara, "chat", "She opens a chat")
    say(agent, "/case Thermostat loses its connection")
    agent.see(".o-mail-Message", "Made:")
    scene.picture(agent, "conversation", "The agent makes a case of the conversation")
    agent.click(".o-mail-Message a", "CASE")
    agent.see(".o_form_view [name=description]", BROKEN)


def say(person, text: str, window: str = ".o-mail-Discuss") -> None:
    """Write a line in a conversation."""
    person.type(f"{window} {COMPOSER}", text)
    person.press("Enter")


def steps(scene) -> None:
    """The agent sees the unit and its warranty, and goes through the steps with her."""
    agent, clara = scene.who("agent"), scene.who("clara")
    agent.see("[name=coverage_label]", "Covered until")
    agent.see("[name=coverage_answer]", "100 %")
    scene.picture(agent, "case", "The agent sees the unit, its warranty and the chat")
    agent.click(FOLD)
    agent.choose("[name=reason_id]", SYMPTOM)
    agent.save()
    agent.click(".o-mail-ChatBubble")
    for question, answer in TRIED:
        say(agent, question, CHAT)
        clara.see(".o-mail-Message", question)
        say(clara, answer, CHAT)
        agent.see(".o-mail-Message", answer)
    scene.picture(clara, "steps", "They go through the steps together")
    agent.click(FOLD)
    agent.gone(CHAT)
    record(scene)
    agent.click(".o_notebook .nav-link", "Solution")
    agent.type("[name=hours_worked] input", "0:30")
    agent.save()


def record(scene) -> None:
    """The agent ticks what was tried: one click for each step, and what she said."""
    agent = scene.who("agent")
    clicks = agent.clicks
    agent.click("button[name=action_troubleshoot]")
    for number, step in enumerate(STEPS, 1):
        row = f".o_aftersales_try:nth-child({number})"
        agent.see(row, step)
        agent.click(f"{row} button[name=not_helped]")
        agent.see(f"{row}[data-result=not_helped] .o_aftersales_try_remark")
    scene.picture(agent, "dialog", "Every step of the article is ticked")
    agent.click("button[name=done]")
    agent.gone(".o_aftersales_troubleshoot")
    scene.facts["clicks for the steps"] = agent.clicks - clicks
    agent.see("[name=tried_step_ids] .o_data_row", STEPS[-1])
    scene.picture(agent, "recorded", "What was tried is recorded: it persists")
