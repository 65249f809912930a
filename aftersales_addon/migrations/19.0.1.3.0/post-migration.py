"""E-mails of follow-ups are found again; untouched letters get their new button."""

import hashlib

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import file_path

# Letters that have a button to the document since this release: their file, their name,
# and the fingerprints of their English and German texts in 19.0.1.2.0.
LETTERS = (
    ("case", "case_received", "f651dc27e8f9e5d5", "dd23d68332c9b91c"),
    ("case_done", "case_done", "5dd0f4715d6005f9", "5ff3bbebbc27d02d"),
    ("followup", "followup_birthday", "b104dc3f7856a57b", "26b2fc247019811f"),
    ("followup", "followup_contract_end", "a89307a2f04dd7c3", "d3f94106e3db4776"),
    ("followup", "followup_thank_case", "2ea6a2ffa989f015", "e7389d6b51a83aa6"),
    ("followup", "followup_thank_order", "93da60b4f5e7b20b", "54ac45f3a3da8f0d"),
    ("followup", "followup_thank_visit", "479476164c782c95", "958d4e9a62214410"),
    ("followup", "followup_visit_due", "0b5f00883db0876d", "41a38ca828f27799"),
    ("owner", "registration_rejected", "74d3cda5bfc62603", "f2fd9b840ad3fa84"),
    ("owner", "transfer_rejected", "2c9da27407bf19c6", "711ffc506b70e536"),
    ("visit", "visit_report", "d9674081260e8050", "1058d91b3e62fabb"),
    ("visit_appointment", "visit_cancelled", "375709dea010a905", "1eaefba94f084716"),
)


def migrate(cr, version):
    """Fill what new fields say about rows that exist, and refresh letters."""
    # Whether an e-mail arrived is seen by a field of its own. What was queued and not
    # sent yet on the day of the upgrade is tried again, too.
    cr.execute("""
        UPDATE aftersales_followup AS followup
           SET mail_id = mail.id
          FROM mail_mail AS mail
         WHERE mail.id = followup.made_id
           AND followup.made_model = 'mail.mail'
           AND followup.mail_id IS NULL
    """)
    env = api.Environment(cr, SUPERUSER_ID, {})
    for file, name, *known in LETTERS:
        name = f"mail_template_data_{name}"
        template = env.ref(f"aftersales_addon.{name}", raise_if_not_found=False)
        text = _read_text(f"aftersales_addon/data/mail_template_{file}_data.xml", name)
        if template and text and _is_untouched(template, known):
            _refresh(template, text)


def _is_untouched(template, known):
    """Tell whether a letter has in each language the text that it came with."""
    texts = template._fields["body_html"]._get_stored_translations(template) or {}
    return bool(texts) and all(_fingerprint(text) in known for text in texts.values())


def _fingerprint(text):
    """Return what tells texts apart, whatever white space they were stored with."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def _read_text(path, name):
    """Return the text that a letter has in the data of this release, or None."""
    try:
        data = etree.parse(file_path(path))
    except FileNotFoundError:
        return None
    body = data.find(f".//record[@id='{name}']/field[@name='body_html']")
    if body is None:
        return None
    return "".join(etree.tostring(x, method="html", encoding="unicode") for x in body)


def _refresh(template, text):
    """Give a letter its text; translations are loaded right after, where none is."""
    langs = [code for code, _name in template.env["res.lang"].get_installed()]
    template.update_field_translations(
        "body_html", {lang: False for lang in langs if lang != "en_US"}
    )
    template.write({"body_html": text})
