"""Many follow-ups, with two processes at work and one of them killed."""

DUE = 1500
BUILD = f"""
product = env["product.product"].create({{"name": "Lock", "type": "consu"}})
partners = env["res.partner"].create([
    {{"name": f"P{{number}}", "email": f"p{{number}}@example.com"}}
    for number in range({DUE} // 3)])
units = env["aftersales.asset"].create([
    {{"product_id": product.id, "serial_number": f"SN{{number}}",
      "delivery_date": "2026-01-10", "partner_id": partners[number % len(partners)].id}}
    for number in range({DUE})])
template = env["mail.template"].create({{
    "name": "Well?", "model_id": env["ir.model"]._get_id("aftersales.asset"),
    "subject": "Well?", "body_html": "<p>Is all well?</p>", "auto_delete": False}})
env["aftersales.followup.rule"].search([("is_on", "=", True)]).action_switch_off()
env.company.write({{"aftersales_quiet_from": 0, "aftersales_quiet_to": 0}})
user = env.ref("base.user_admin").id
mail, todo = env["aftersales.followup.rule"].create([
    {{"name": "Mail", "event": "delivered", "action": "mail", "audience": "contact",
      "template_id": template.id, "on_workday": False}},
    {{"name": "To Do", "event": "delivered", "on_workday": False, "user_id": user}}])
(mail | todo).action_switch_on_anyway()
first = units[:len(partners)]
env["aftersales.followup"].create([
    {{**rule._prepare_followup(unit, 0, "2026-01-17 09:00:00"), "is_hurried": True}}
    for rule, part in ((mail, first), (todo, units[len(partners):]))
    for unit in part])
answer(env["aftersales.followup"].search_count([("state", "=", "planned")]))
"""
# Both stay at it until nothing is left to do, in steps of 20.
WORK = """
import time
Followup = env["aftersales.followup"]
while Followup.search_count([("state", "=", "planned")]):
    Followup._cron_run(batch=20)
    env.cr.commit()
    time.sleep(0.02)
"""
DONE = "SELECT COUNT(*) FROM aftersales_followup WHERE state = 'done'"
OTHER = (
    "SELECT state || ' ' || COALESCE(reason, error, '')"
    " FROM aftersales_followup WHERE state <> 'done' LIMIT 5"
)
MAILS = "SELECT COUNT(*) FROM mail_mail WHERE headers LIKE '%One-Click%'"
MAILED = (
    "SELECT COUNT(DISTINCT res_partner_id) FROM mail_mail_res_partner_rel AS rel"
    " JOIN mail_mail AS mail ON mail.id = rel.mail_mail_id"
    " WHERE mail.headers LIKE '%One-Click%'"
)
ACTIVITIES = "SELECT COUNT(*) FROM mail_activity WHERE res_model = 'aftersales.asset'"
TWICE = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM mail_activity"
    " WHERE res_model = 'aftersales.asset' GROUP BY res_id HAVING COUNT(*) > 1) AS t"
)


def test_two_workers_and_a_kill(instance):
    """Every follow-up is done once: a third are e-mails, the others activities."""
    base = instance("addon")
    assert base.script(BUILD) == DUE
    base.work_with_a_kill(WORK, DONE, DUE // 4)
    assert base.sql(OTHER) == []
    assert base.count(DONE) == DUE
    assert base.count(MAILS) == base.count(MAILED) == DUE // 3
    assert base.count(ACTIVITIES) == DUE - DUE // 3
    assert base.count(TWICE) == 0
