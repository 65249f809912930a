"""Who may do what with which model."""

ASSET = "aftersales.asset"
WARRANTY = "aftersales.warranty"
LINE = "aftersales.warranty.line"
POLICY = "aftersales.warranty.policy"
POLICY_LINE = "aftersales.warranty.policy.line"
VERSION = "aftersales.warranty.policy.version"
ADD_WARRANTY = "aftersales.asset.add.warranty"
BACKFILL = "aftersales.backfill"
SETTINGS = "aftersales.settings"
OWNERSHIP = "aftersales.ownership"
TRANSFER = "aftersales.transfer"
REGISTRATION = "aftersales.registration"
PASS_ON = "aftersales.asset.pass.on"
REPLACE = "aftersales.asset.replace"
REJECTION = "aftersales.rejection"
MASS = "aftersales.mass.change"
MASS_LINE = "aftersales.mass.change.line"
READING = "aftersales.reading"
ASSESSMENT = "aftersales.assessment"
ASSESSED = "aftersales.assessment.line"
ASSESS = "aftersales.asset.assess"
GOODWILL = "aftersales.assessment.goodwill"
GOODWILL_LINE = "aftersales.assessment.goodwill.line"
REFUSAL = "aftersales.refusal"
STANDARD = "aftersales.standard.policy"
PROVISION = "aftersales.provision.entry"
PERIOD = "aftersales.provision.period"
PERIOD_LINE = "aftersales.provision.period.line"
REASON = "aftersales.reason"
RETURN_POLICY = "aftersales.return.policy"
RMA = "aftersales.rma"
RMA_LINE = "aftersales.rma.line"
DISPOSITION = "aftersales.rma.disposition"
MISMATCH = "aftersales.rma.mismatch"
START = "aftersales.rma.start"
START_LINE = "aftersales.rma.start.line"
REJECT = "aftersales.rma.reject"
PROPOSAL = "aftersales.rma.proposal"
PROPOSE = "aftersales.rma.propose"
INSPECT = "aftersales.rma.inspection"
INSPECT_LINE = "aftersales.rma.inspection.line"
TEAM = "aftersales.team"
ASSIGNMENT = "aftersales.assignment.rule"
FLAG = "aftersales.rma.flag"
REPORT = "aftersales.rma.report"
SPLIT = "aftersales.rma.split"
SPLIT_LINE = "aftersales.rma.split.line"
MERGE = "aftersales.rma.merge"
REJECT_REASON = "aftersales.reject.reason"

# For each role: the operations allowed on each model, of r(ead), w(rite), c(reate)
# and u(nlink). What is not named is refused.
# PROMISES, READER and AGENT are rights that several roles have.
PROMISES = {POLICY: "r", POLICY_LINE: "r", VERSION: "r"}
PROMISES |= {REASON: "r", RETURN_POLICY: "r", TEAM: "r", ASSIGNMENT: "r"}
PROMISES |= {REJECT_REASON: "r"}
READER = {ASSET: "r", WARRANTY: "r", LINE: "r", **PROMISES}
READER |= {READING: "r", ASSESSMENT: "r", ASSESSED: "r", ASSESS: "rwc"}
READER |= {REFUSAL: "r", OWNERSHIP: "r", RMA: "r", RMA_LINE: "r", DISPOSITION: "r"}
READER[MISMATCH] = "r"
READER |= {PROPOSAL: "r"}
METER = {**READER, READING: "rc"}
METER |= {DISPOSITION: "rwc", INSPECT: "rwc", INSPECT_LINE: "rwcu"}
AGENT = {
    **METER,
    REFUSAL: "rwc",
    ASSET: "rwc",
    ADD_WARRANTY: "rwc",
    TRANSFER: "rwc",
    REGISTRATION: "rwc",
    PASS_ON: "rwc",
    REPLACE: "rwc",
    REJECTION: "rwc",
    MASS: "r",
    MASS_LINE: "rw",
    RMA: "rwc",
    RMA_LINE: "rwcu",
    DISPOSITION: "rwcu",
    MISMATCH: "rw",
    FLAG: "r",
    SPLIT: "rwc",
    SPLIT_LINE: "rwcu",
    MERGE: "rwc",
    START: "rwc",
    START_LINE: "rwcu",
    REJECT: "rwc",
    PROPOSE: "rwc",
}
MATRIX = {
    "public": {},
    "portal": {
        **{ASSET: "r", WARRANTY: "r", LINE: "r"},
        **{RMA: "r", RMA_LINE: "r", REASON: "r"},
    },
    "internal": PROMISES,
    "sale": {**READER, TRANSFER: "r"},
    "stock": {**METER, MISMATCH: "rw"},
    "technician": {**METER, REFUSAL: "rwc", TRANSFER: "r"},
    "agent": AGENT,
    "agent_all": {**AGENT, REPORT: "r"},
    "manager": {
        **AGENT,
        REPORT: "r",
        ASSET: "rwcu",
        READING: "rwcu",
        ASSESSMENT: "ru",
        GOODWILL: "rwc",
        GOODWILL_LINE: "rwcu",
        WARRANTY: "rwcu",
        POLICY: "rwcu",
        POLICY_LINE: "rwcu",
        BACKFILL: "rwcu",
        TRANSFER: "rwcu",
        REGISTRATION: "rwcu",
        SETTINGS: "rwc",
        MASS: "rwcu",
        STANDARD: "rwc",
        PROVISION: "r",
        PERIOD: "rwcu",
        PERIOD_LINE: "r",
        RMA: "rwcu",
        REASON: "rwcu",
        RETURN_POLICY: "rwcu",
        TEAM: "rwcu",
        REJECT_REASON: "rwcu",
        ASSIGNMENT: "rwcu",
    },
}
# Of these everyone sees their own only: its model is what is asked.
DIALOGS = (ADD_WARRANTY, SETTINGS, ASSESS, GOODWILL, GOODWILL_LINE, STANDARD)
DIALOGS += (PASS_ON, REPLACE, REJECTION, START, START_LINE, REJECT, PROPOSE)
DIALOGS += (INSPECT, INSPECT_LINE, SPLIT, SPLIT_LINE, MERGE)
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
