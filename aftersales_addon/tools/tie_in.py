"""Find words that tie a warranty to somebody's parts or services.

Pure Python, no ORM. The check reads sentences, not letters: it tolerates case,
spacing, typographic marks and inflected words, in English and in German. It errs on
the side of asking: a person decides what a found sentence means.
"""

import html
import re
import unicodedata

_TAG = re.compile(r"<[^>]+>")
_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|br|h[1-6]|tr|td|table)\b[^>]*>", re.I)
_SENTENCE = re.compile(r"[.!?;\n•]+")

# The warranty ends, or does not hold.
_VOID = re.compile(
    r"""
    \b(?:void(?:s|ed|ing)?|invalid(?:ate[sd]?)?|forfeit(?:s|ed)?|lapse[sd]?
        |terminate[sd]?|cancel(?:s|led|ed)?|no\ longer\ valid|not\ be\ valid
        |is\ not\ valid|cease[sd]?\ to\ (?:apply|be)|lose[sn]?\ (?:\w+\ )?
        (?:warranty|guarantee|cover))\b
    |\b(?:warranty|guarantee|coverage)\ (?:shall|does|will|do)\ not\ (?:apply|hold)\b
    |\b(?:required|needed|necessary)\ to\ (?:keep|maintain|preserve|retain)\b
    |\b(?:to|in\ order\ to)\ (?:keep|maintain|preserve|retain)\ 
        (?:\w+\ ){0,4}(?:warranty|guarantee|warranties|coverage)\b
    |\berl[oö]sch\w*|\berlischt\b|\bverf[aä]ll\w*|\bentf[aä]ll\w*|\bung[uü]ltig\w*
    |\bunwirksam\w*|\bverlier\w*|\bverlust\ de[rs]\b|\bkeine?n?\ garantie\b
    |\bhinf[aä]llig\w*
    |\bgarantie\ (?:gilt|besteht|greift)\ (?:dann\ )?nicht\b
    """,
    re.X,
)

# Whose parts, whose service, or an opened seal.
_TIE = re.compile(
    r"""
    \b(?:un-?authori[sz]ed|non-?(?:\ )?(?:genuine|original|oem|authori[sz]ed|approved)
        |not\ (?:\w+\ ){0,2}authori[sz]ed|third[-\ ]part(?:y|ies)|after-?market
        |unapproved|independent\ (?:repair|service|workshop))\b
    |\b(?:only\ (?:\w+\ ){0,2}(?:genuine|original|authori[sz]ed|approved|oem)
        |(?:genuine|original|oem|approved)\ (?:\w+\ ){0,3}
            (?:parts?|accessor(?:y|ies)|supplies|service|bags?|filters?|cartridges?)
        |authori[sz]ed\ (?:\w+\ ){0,2}(?:parts?|service|dealer|repair|technician
            |centre|center|workshop)
        |(?:anyone|someone|anybody|persons?|parties|party)\ other\ than
        |other\ than\ (?:an?\ |our\ |the\ )?(?:authori[sz]ed|genuine|original)
        |not\ (?:sold|licen[sc]ed|approved|supplied|made|performed|carried\ out
            |serviced|repaired|installed|done)(?:\ or\ \w+)?\ by
        |use\ of\ (?:\w+\ ){1,4}(?:parts?|accessor(?:y|ies)|supplies|service))\b
    |\b(?:seals?|stickers?|labels?)\b.{0,60}\b(?:broken|removed|damaged|tamper\w*
        |missing|torn|open\w*|void)\b
    |\b(?:break\w*|broke|remov\w*|tamper\w*|open\w*)\b.{0,60}\b(?:seals?|stickers?
        |labels?|casing|housing|enclosure)\b
    |\b(?:opened|repaired|serviced|modified)\ by\ (?:you|the\ (?:customer|owner|buyer)
        |others|any)
    |\bnicht[-\ ]?(?:autorisiert|original|genehmigt|zugelassen)\w*
    |\bunautorisiert\w*|\bunbefugt\w*
    |\bfremd(?:e[nrs]?\ |)(?:teile?n?|ersatzteile?n?|firm\w*|werkst\w*|zubeh[oö]r\w*
        |reparatur\w*|eingriff\w*)
    |\bdritt(?:e|en|er|anbieter\w*|hersteller\w*|firm\w*)\b
    |\b(?:nur|ausschlie(?:ß|ss)lich)\ (?:\w+\ ){0,3}(?:original\w*|autorisiert\w*)
    |\b(?:andere[nrms]?)\ als\ (?:\w+\ ){0,2}(?:original\w*|autorisiert\w*|uns)
    |\bnicht\ (?:\w+\ ){0,2}(?:durch|von)\ (?:uns|einer?|einem|unser\w*|autorisiert\w*)
    |\b(?:garantie)?(?:siegel|plombe|aufkleber)\w*\b.{0,60}\b\w*(?:broch|brich|entfern
        |besch[aä]dig|verletz|l[oö]s|fehl|ge[oö]ffnet)\w*
    |\bge[oö]ffnet\w*|\b[oö]ffn(?:en|ung)\b
    """,
    re.X,
)

_SEAL = re.compile(r"\b(?:seals?|stickers?|\w*siegel\w*|\w*plombe\w*|aufkleber\w*)\b")

# A refusal of what such parts caused is lawful: the sentence speaks of causes.
_CAUSE = re.compile(
    r"""
    \b(?:damages?|defects?|faults?|failures?|malfunctions?)\b.{0,60}
        \b(?:caused|cause|resulting|results?|due\ to|attributable|arising|arises?)\b
    |\bcaused\ by\b|\bto\ the\ extent\b
    |\b(?:sch[aä]den?|m[aä]ngeln?|fehlern?|defekten?)\b.{0,80}
        \b(?:verursach\w*|zur[uü]ckzuf[uü]hren|entstand\w*|entsteh\w*|beruh\w*|infolge
            |durch)\b
    |\bverursacht\b|\bzur[uü]ckzuf[uü]hren\b
    """,
    re.X,
)


def plain_text(text):
    """Return a text, plain or HTML, as plain lines without marks and entities.

    :param str text: plain text or HTML; None and False count as empty
    :rtype: str
    """
    lines = _BLOCK.sub("\n", str(text or ""))
    lines = html.unescape(_TAG.sub(" ", lines))
    # Soft hyphens, zero-width and no-break spaces hide words from a search.
    lines = "".join(
        " " if char in "\u00a0\u2007\u202f" else char
        for char in unicodedata.normalize("NFC", lines)
        if char not in "\u00ad\u200b\u200c\u200d\u2060\ufeff"
    )
    lines = lines.translate(
        str.maketrans({"‐": "-", "‑": "-", "–": "-", "’": "'", "“": '"', "”": '"'})
    )
    return re.sub(r"[ \t\r\f\v]+", " ", lines)


def find_tie_ins(text):
    """Return the sentences that make a warranty end with others' parts or service.

    A sentence that refuses only the damage which such parts or service caused is not
    returned, but one about a broken seal is.

    :param str text: plain text or HTML
    :return: the sentences, as written, each once, in their order
    :rtype: list
    """
    found = []
    for sentence in _SENTENCE.split(plain_text(text)):
        sentence = sentence.strip(" \"'-*")
        words = sentence.lower()
        if not (_VOID.search(words) and _TIE.search(words)):
            continue
        if _CAUSE.search(words) and not _SEAL.search(words):
            continue
        if sentence not in found:
            found.append(sentence)
    return found
