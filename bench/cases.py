"""Service cases beside OCA's ``helpdesk_mgmt`` and ``helpdesk_mgmt_sla``.

1,000 cases by form (one ``create`` each) and 1,000 by e-mail (the platform's gateway),
each with two promised times; 1,000 are moved to the next stage and answered. Then the
working hours change under 10,000 open cases, and the first page of the board and of the
list is asked for among 100,000.

What a process does once is done before, by one case of each sort on both sides. Each
form and each e-mail is flushed as its commit would do it; the gateway commits after
each. Neither side answers a new case by itself: OCA's has no such e-mail, ours sends a
confirmation where the team has a template for it, and a new team has none. What ours
does beside, for each e-mail: it looks for the same concern of the same sender, for
numbers of units and orders in the text, and for a flood of e-mails. OCA's posts a
message about each new ticket and looks for the people in copy.

Both addons run in one process, each in a database of its own; their own scheduled work
commits, so the databases are thrown away. The time of Odoo's processor hardly depends
on what else the machine does.

``make bench ARGS="cases --cases=30 --open=200 --many=2000"`` is a quick look at whether
it runs at all; its figures say nothing.
"""

import argparse
import sys
from dataclasses import dataclass, field

from odoo.fields import Command

from tools import bench_env, bench_oca

WHEELS = (
    "odoo-addon-helpdesk_mgmt==19.0.1.3.2",
    "odoo-addon-helpdesk_mgmt_sla==19.0.1.0.0.4",
)
MAIL = """From: Customer {number} <customer{number}@example.com>
To: {to}
Subject: Case {number}
Message-Id: <bench-{number}@example.com>
Date: Mon, 15 Jun 2026 09:00:00 +0200
Content-Type: text/plain; charset=utf-8

It does not start any more since yesterday.
"""


@dataclass
class Desk:
    """One helpdesk: how its documents are made, moved and looked at."""

    title: str
    env: object
    model: str
    team: object
    moved_to: object
    extra: dict = field(default_factory=dict)
    used: dict = field(default_factory=dict)

    def measure(self, phase, work):
        """Run a phase with an empty cache, with all that its commit would do."""
        self.env.cr.flush()
        self.env.invalidate_all()
        with bench_env.meter(self.env) as used:
            result = work()
            self.env.cr.flush()
        self.used[phase] = used
        return result

    def vals(self, number):
        """The values that a form sends."""
        return {
            "name": f"Case {number}",
            "team_id": self.team.id,
            "description": "<p>It does not start any more.</p>",
            **self.extra,
        }


def our_desk(env):
    """A team with an address, working hours and a promise."""
    team = env["aftersales.team"].create(
        {"name": "Desk", "alias_name": "desk", **alias_domain(env)}
    )
    env["aftersales.sla.policy"].create(
        {
            "name": "Promise",
            "team_ids": [Command.set(team.ids)],
            "hours_first_response": 4,
            "hours_resolution": 40,
        }
    )
    stage = env.ref("aftersales_addon.aftersales_stage_open")
    return Desk("ours", env, "aftersales.case", team, stage, {"channel": "portal"})


def oca_desk(env):
    """The same with OCA's addons: a promise is met by reaching a stage."""
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
    done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    team = env["helpdesk.ticket.team"].create(
        {"name": "Desk", "alias_name": "desk", "use_sla": True, **alias_domain(env)}
    )
    if "resource_calendar_id" in team._fields:
        team.resource_calendar_id = env.company.resource_calendar_id
    env["helpdesk.sla"].create(
        [
            {
                "name": f"Promise {hours}",
                "team_ids": [Command.set(team.ids)],
                "hours": hours,
                "stage_id": reached.id,
            }
            for hours, reached in ((4, stage), (40, done))
        ]
    )
    return Desk("OCA helpdesk_mgmt + _sla", env, "helpdesk.ticket", team, stage)


def alias_domain(env):
    """The domain of the addresses, made when there is none."""
    domain = env["mail.alias.domain"].search([], limit=1)
    domain = domain or domain.create({"name": "example.org"})
    env.company.alias_domain_id = domain
    return {"alias_domain_id": domain.id}


def play(desk, count):
    """Make, move and answer cases."""
    env, Model = desk.env, desk.env[desk.model]

    def by_form(numbers):
        cases = Model
        for number in numbers:
            cases |= Model.create(desk.vals(number))
            env.cr.flush()
        return cases

    def by_mail(numbers):
        for number in numbers:
            mail = MAIL.format(number=number, to=desk.team.alias_email)
            env["mail.thread"].message_process(False, mail)
            env.cr.flush()

    once, numbers = range(count, count + 1), range(count)
    by_form(once)
    by_mail(once)
    cases = desk.measure("form", lambda: by_form(numbers))
    desk.measure("mail", lambda: by_mail(numbers))
    desk.measure("move", lambda: cases.write({"stage_id": desk.moved_to.id}))

    def answer():
        for case in cases:
            case.message_post(
                body="We look into it.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    desk.measure("answer", answer)
    env.cr.commit()


def fill(desk, total):
    """Open cases up to a number, made as the addon makes them."""
    Model = desk.env[desk.model]
    missing = total - Model.search_count([])
    for start in range(0, missing, 500):
        count = min(500, missing - start)
        Model.create([desk.vals(start + n) for n in range(count)])
        desk.env.cr.commit()
        desk.env.invalidate_all()


def change_hours(desk):
    """The working day ends an hour earlier; the promises follow."""
    env = desk.env
    calendar = env.company.resource_calendar_id

    def ours():
        calendar.attendance_ids.filtered(
            lambda a: a.day_period == "afternoon"
        ).hour_to = 16
        env["aftersales.sla.clock"]._cron_watch()

    def theirs():
        calendar.attendance_ids.filtered(
            lambda a: a.day_period == "afternoon"
        ).hour_to = 16
        slas = env["helpdesk.ticket.sla"].search([])
        env.add_to_compute(slas._fields["deadline"], slas)
        slas._recompute_recordset(["deadline"])

    desk.measure("hours", ours if desk.model == "aftersales.case" else theirs)
    env.cr.commit()


def grow(desk, many):
    """Copy the rows of the cases in SQL until there are many."""
    env, table = desk.env, desk.env[desk.model]._table
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND column_name NOT IN ('id', 'number', 'access_token')",
        [table],
    )
    columns = ", ".join(f'"{name}"' for (name,) in env.cr.fetchall())
    env.cr.execute(f"SELECT count(*) FROM {table}")
    [count] = env.cr.fetchone()
    rounds = -(-(many - count) // count)
    env.cr.execute(
        f"INSERT INTO {table} (number, {columns}) "
        f"SELECT 'B' || c.id || '-' || n, {columns} "
        f"FROM {table} c, generate_series(1, %s) n",
        [rounds],
    )
    env.cr.commit()
    env.cr.execute(f"ANALYZE {table}")
    env.invalidate_all()


def look(desk):
    """The board's first page (ten cards a column), and the list's."""
    Model = desk.env[desk.model]
    fields = [n for n in ("name", "partner_id", "user_id", "stage_id") if n in Model]
    if desk.model == "aftersales.case":
        fields += ["sla_due", "sla_state", "coverage_label"]
    elif "sla_deadline" in Model._fields:
        fields += ["sla_deadline", "sla_expired"]
    spec = {name: {} for name in fields}

    def board():
        Model.web_read_group(
            [],
            groupby=["stage_id"],
            aggregates=["__count"],
            unfold_read_specification=spec,
            unfold_read_default_limit=10,
            auto_unfold=True,
        )

    desk.measure("board", board)
    desk.measure("list", lambda: Model.web_search_read([], spec, limit=80))


PHASES = {
    "form": "{cases:,} by form",
    "mail": "{cases:,} by e-mail",
    "move": "{cases:,} moved",
    "answer": "{cases:,} answered",
    "hours": "hours change, {open:,} open",
    "board": "board among {many:,}",
    "list": "list among {many:,}",
}


def read_sizes():
    """How many cases of each sort; those of the table when nothing is said."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, count in (("cases", 1_000), ("open", 10_000), ("many", 100_000)):
        parser.add_argument(f"--{name}", type=int, default=count)
    return parser.parse_args()


def main():
    """Run all and print the table."""
    sizes = read_sizes()
    with (
        bench_env.environment(addon=True) as our_env,
        bench_oca.environment(WHEELS, "helpdesk_mgmt_sla") as oca_env,
    ):
        desks = [our_desk(our_env)]
        if oca_env:
            desks.append(oca_desk(oca_env))
        for desk in desks:
            play(desk, sizes.cases)
            fill(desk, sizes.open)
            change_hours(desk)
            grow(desk, sizes.many)
            look(desk)
    print("\nSeconds, of these Odoo's processor / queries\n")
    print("| | " + " | ".join(desk.title for desk in desks) + " |")
    print("|---|" + "---|" * len(desks))
    for phase, title in PHASES.items():
        cells = [
            f"{used.seconds:.2f} s, {used.processor:.2f} s / {used.queries:,}"
            for used in (desk.used[phase] for desk in desks)
        ]
        print(f"| {title.format(**vars(sizes))} | {' | '.join(cells)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
