from collections import defaultdict

from odoo import api, fields, models


class AftersalesAssignmentMixin(models.AbstractModel):
    """Documents that a team handles and one of its members is responsible for.

    A model that inherits this has ``company_id`` and ``user_id``.
    """

    _name = "aftersales.assignment.mixin"
    _description = "Assignment to a Team"

    team_id = fields.Many2one(
        "aftersales.team",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        groups="base.group_user",
        help="The desk that handles it. Empty until it is asked for: then the rules "
        "of the teams decide.",
    )

    # --- What a model says about its documents ---

    @api.model
    def _get_team_domain(self):
        """Return a domain on the teams that handle documents of this kind.

        Must be overridden.
        """
        return [(0, "=", 1)]

    @api.model
    def _get_open_documents_domain(self):
        """Return a domain on what counts as open when work is shared out.

        Must be overridden.
        """
        return [(0, "=", 1)]

    def _get_assignment_facts(self):
        """Return what the rules look at, of one document.

        Must be overridden.

        :return: ``{"categories", "reasons", "countries", "languages", "warehouses"}``,
            each a set of ids, and ``"amount"`` in the company's currency
        """
        self.ensure_one()
        names = ("categories", "reasons", "countries", "languages", "warehouses")
        return {**{name: set() for name in names}, "amount": 0.0}

    # --- What follows from it ---

    def _assign_team(self):
        """Give documents without a team the first one whose rules fit."""
        todo = self.filtered(lambda d: not d.sudo().team_id)
        for company, documents in todo.grouped("company_id").items():
            # sudo: whoever asks for something need not know the desks.
            teams = (
                self.env["aftersales.team"]
                .sudo()
                .search(
                    [
                        ("company_id", "in", [False, *company.parent_ids.ids]),
                        *self._get_team_domain(),
                    ]
                )
            )
            if not teams:
                continue
            chosen = defaultdict(self.browse)
            for document in documents:
                chosen[document._find_team(teams)] |= document
            for team, group in chosen.items():
                if team:
                    # sudo: as above.
                    group.sudo().team_id = team

    def _find_team(self, teams):
        """Return the team of one document among teams in their order."""
        self.ensure_one()
        facts = self.sudo()._get_assignment_facts()
        for team in teams:
            if any(rule._fits(facts) for rule in team.rule_ids):
                return team
        return teams.filtered(lambda t: not t.rule_ids)[:1]

    def _assign_user(self):
        """Make somebody responsible for documents of teams that share out work.

        Each document gets somebody exactly once, also when two are asked for at the
        same moment.
        """
        # sudo: whoever asks for something need not know the desks.
        documents = self.sudo().filtered(
            lambda d: not d.user_id and (d.team_id.assignment or "manual") != "manual"
        )
        if not documents:
            return
        documents.team_id._mark_assignment()
        chosen = defaultdict(documents.browse)
        for (team, company), group in documents.grouped(
            lambda d: (d.team_id, d.company_id)
        ).items():
            members = team._get_present_members(company)[team]
            if not members:
                continue
            if team.assignment == "turn":
                users = self._take_turns(team, members, len(group))
            else:
                hours = None
                if team.assignment == "hours":
                    hours = team._get_hours(members, company)
                users = self._share_out(members, len(group), hours)
            for document, user in zip(group, users, strict=True):
                chosen[user] |= document
        for user, group in chosen.items():
            group.user_id = user

    @api.model
    def _take_turns(self, team, members, count):
        """Return whose turn it is, for a number of documents."""
        after = members.filtered(lambda u: u.id > team.last_user_id.id)
        order = after + (members - after)
        users = [order[index % len(order)] for index in range(count)]
        team.last_user_id = users[-1]
        return users

    @api.model
    def _share_out(self, members, count, hours=None):
        """Return who has the fewest open documents, for a number of new ones.

        :param dict hours: what each member works in the days to come; without it, all
            work the same
        """
        # sudo: how many somebody has counts, whoever may see them.
        groups = self.sudo()._read_group(
            [("user_id", "in", members.ids), *self._get_open_documents_domain()],
            ["user_id"],
            ["__count"],
        )
        load = dict.fromkeys(members, 0) | dict(groups)
        if not hours or not any(hours.values()):
            # When nobody works in the days to come, all are the same.
            hours = dict.fromkeys(members, 1.0)
        working = members.filtered(lambda u: hours[u] > 0)
        users = []
        for _number in range(count):
            user = min(working, key=lambda u: ((load[u] + 1) / hours[u], u.id))
            load[user] += 1
            users.append(user)
        return users
