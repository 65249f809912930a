from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

ASSURED = ("statutory", "manufacturer")
COLUMNS = {
    "asset_id": SQL("int[]"),
    "product_id": SQL("int[]"),
    "date": SQL("date[]"),
    "kind": SQL("varchar[]"),
    "amount": SQL("numeric[]"),
    "quantity": SQL("float8[]"),
    "price": SQL("float8[]"),
    "rate_percent": SQL("float8[]"),
    "rate_amount": SQL("float8[]"),
    "origin_key": SQL("varchar[]"),
    "repair_id": SQL("int[]"),
}


class AftersalesProvisionUpdateMixin(models.AbstractModel):
    """Bring the movements of warranty provisions up to date, as often as wanted.

    Each run reads what is so now, compares it with what is entered, and enters the
    difference: a second run enters nothing. A month that was posted never changes;
    what turns up later is entered on the first day after it.
    """

    _name = "aftersales.provision.update.mixin"
    _inherit = ["aftersales.provision.origin.mixin", "aftersales.provision.price.mixin"]
    _description = "Update of Warranty Provisions"

    @api.model
    def _update_figures(self, company):
        """Enter what has changed for the units of a company.

        :param company: ``res.company``
        :return: the number of new movements
        :rtype: int
        """
        # sudo: the figures follow from facts, whoever asks for them.
        self = self.sudo().with_company(company)
        company = self.env.company
        # Two runs at once conflict on this row: one is told, and tried again.
        company.aftersales_provision_updated = fields.Datetime.now()
        self.env.flush_all()
        today = company._aftersales_today()
        lock = self._get_lock_day(company)
        lives = self._fetch_lives(company, today)
        entered = self._fetch_entered(company)
        new = []
        self._add_shares(company, lives, entered, new, today)
        self._add_costs(company, lives, entered, new, lock)
        self._add_ends(company, lives, entered, new, today)
        first_open = lock + timedelta(days=1) if lock else None
        for row in new:
            row["date"] = max(row["date"], first_open) if first_open else row["date"]
        self._insert(company, new)
        return len(new)

    @api.model
    def _get_lock_day(self, company):
        """Return the last day of the last posted month, or None."""
        period = self.env["aftersales.provision.period"].search(
            [("company_id", "=", company.id), ("state", "=", "posted")],
            order="date_to desc",
            limit=1,
        )
        return period.date_to or None

    # --- What is so ---

    @api.model
    def _fetch_lives(self, company, today):
        """Return the lives of units: those that replaced each other are one.

        :return: ``{id of the first unit: dict}``
        """
        roots = self._fetch_roots(company)
        lives = {}
        for row in self._fetch_units(company, today):
            root = roots.get(row["id"], row["id"])
            life = lives.get(root)
            if not life:
                life = lives[root] = {"units": [], **row, "id": root}
            elif row["id"] == root:
                life.update(row)
            life["units"].append(row)
        for life in lives.values():
            self._judge_life(life, today)
        self._find_return_days(company, lives)
        return lives

    @api.model
    def _fetch_roots(self, company):
        self.env.cr.execute(
            SQL(
                "SELECT id, replaces_id FROM aftersales_asset"
                " WHERE company_id = %s AND replaces_id IS NOT NULL",
                company.id,
            )
        )
        before = dict(self.env.cr.fetchall())
        roots = {}
        for asset in before:
            root = asset
            while root in before:
                root = before[root]
            roots[asset] = root
        return roots

    @api.model
    def _fetch_units(self, company, today):
        """Read all units with an assured warranty that has started, in one query."""
        self.env.cr.execute(
            SQL(
                """
                WITH cover AS (
                    SELECT asset_id,
                           MIN(date_start) AS start,
                           MAX(date_end) FILTER (WHERE state = 'open') AS open_end,
                           MAX(date_end) AS any_end,
                           ARRAY_AGG(DISTINCT policy_id) AS policies
                      FROM aftersales_warranty
                     WHERE company_id = %(company)s
                       AND kind IN %(kinds)s
                       AND date_start <= %(today)s
                       AND COALESCE(close_reason, '') NOT IN ('refunded', 'superseded')
                  GROUP BY asset_id
                )
                SELECT unit.id,
                       unit.product_id,
                       unit.quantity_delivered AS sold,
                       unit.quantity,
                       unit.state,
                       unit.date_closed,
                       cover.start,
                       cover.open_end,
                       cover.any_end,
                       cover.policies,
                       line.price_subtotal / NULLIF(
                           line.product_uom_qty * line_uom.factor / uom.factor, 0
                       ) AS price,
                       sale.currency_id
                  FROM cover
                  JOIN aftersales_asset unit ON unit.id = cover.asset_id
                  JOIN product_product product ON product.id = unit.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  JOIN uom_uom uom ON uom.id = template.uom_id
             LEFT JOIN sale_order_line line ON line.id = unit.sale_line_id
             LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
             LEFT JOIN sale_order sale ON sale.id = line.order_id
              ORDER BY unit.id
                """,
                company=company.id,
                kinds=ASSURED,
                today=today,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _judge_life(self, life, today):
        """Tell which part of a life is still covered, and when it ended."""
        covered, ends = 0.0, []
        for unit in life["units"]:
            running = unit["state"] == "in_use" and unit["open_end"]
            if running and unit["open_end"] >= today:
                covered += unit["quantity"]
            elif running:
                ends.append(unit["open_end"])
            else:
                closed = unit["date_closed"] or today
                ends.append(min(closed, unit["any_end"]))
        life["part"] = min(1.0, covered / life["sold"]) if life["sold"] else 0.0
        life["end"] = max(ends, default=today)

    @api.model
    def _find_return_days(self, company, lives):
        """Find the day on which a part of a delivered quantity came back."""
        ids = [key for key, life in lives.items() if 0 < life["part"] < 1]
        if not ids:
            return
        self.env.cr.execute(
            SQL(
                """
                SELECT unit.id, MAX(back.date)
                  FROM aftersales_asset unit
                  JOIN stock_move back ON back.origin_returned_move_id = unit.move_id
                 WHERE unit.id IN %s AND back.state = 'done'
              GROUP BY unit.id
                """,
                tuple(ids),
            )
        )
        for key, moment in self.env.cr.fetchall():
            lives[key]["return_day"] = company._aftersales_day(moment)

    # --- What is entered ---

    @api.model
    def _fetch_entered(self, company):
        """Return the sums of what is entered, by unit and by origin."""
        self.env.cr.execute(
            SQL(
                """
                SELECT asset_id,
                       MIN(product_id),
                       SUM(amount) FILTER (WHERE kind IN ('issued', 'estimate')),
                       SUM(amount) FILTER (WHERE kind IN ('settled', 'recovered')),
                       SUM(amount) FILTER (WHERE kind IN ('released', 'topped_up')),
                       MAX(date)
                  FROM aftersales_provision_entry
                 WHERE company_id = %s
              GROUP BY asset_id
                """,
                company.id,
            )
        )
        return {
            row[0]: {
                "product_id": row[1],
                "share": float(row[2] or 0),
                "used": float(row[3] or 0),
                "released": float(row[4] or 0),
                "last": row[5],
            }
            for row in self.env.cr.fetchall()
        }

    # --- The differences ---

    @api.model
    def _enter(self, new, state, life, kind, amount, day, **vals):
        names = {"issued": "share", "estimate": "share", "settled": "used"}
        names |= {"recovered": "used", "released": "released", "topped_up": "released"}
        state[names[kind]] += amount
        state["last"] = max(state["last"] or day, day)
        new.append(
            {
                **dict.fromkeys(COLUMNS),
                "asset_id": life["id"],
                "product_id": life["product_id"],
                "date": day,
                "kind": kind,
                "amount": amount,
                **vals,
            }
        )

    @api.model
    def _add_shares(self, company, lives, entered, new, today):
        """Set aside what new units are expected to cost; follow changed estimates."""
        currency = company.currency_id
        prices = self._make_pricer(company)
        for key, life in lives.items():
            if not life["part"]:
                continue
            rate = prices(life)
            share = currency.round(rate.pop("each") * life["sold"])
            life["share"] = share
            state = entered.get(key)
            if state is None:
                if share:
                    state = entered[key] = {
                        "product_id": life["product_id"],
                        **dict.fromkeys(("share", "used", "released"), 0.0),
                        "last": None,
                    }
                    self._enter(
                        new,
                        state,
                        life,
                        "issued",
                        share,
                        life["start"],
                        quantity=life["sold"],
                        **rate,
                    )
            elif currency.compare_amounts(share, state["share"]):
                self._enter(
                    new,
                    state,
                    life,
                    "estimate",
                    currency.round(share - state["share"]),
                    today,
                    quantity=life["sold"],
                    **rate,
                )

    @api.model
    def _add_costs(self, company, lives, entered, new, lock):
        """Enter what covered repairs and replacements have cost."""
        currency = company.currency_id
        roots = self._fetch_roots(company)
        known, frozen = self._fetch_by_origin(company, lock)

        def wanted(key, asset_id):
            # What was posted is not valued again at the prices of today.
            return key not in frozen and roots.get(asset_id, asset_id) in entered

        for key, origin in self._get_provision_origins(company, wanted).items():
            root = roots.get(origin["asset_id"], origin["asset_id"])
            amount = currency.round(origin["amount"] - known.pop(key, {}).get("sum", 0))
            if currency.is_zero(amount):
                continue
            state = entered[root]
            life = lives.get(root) or {"id": root, "product_id": state["product_id"]}
            vals = {"origin_key": key, "repair_id": origin.get("repair_id")}
            self._enter(
                new, state, life, origin["kind"], amount, origin["date"], **vals
            )
        # What is not there any more was taken back.
        for key, gone in known.items():
            if currency.is_zero(gone["sum"]):
                continue
            state = entered[gone["asset_id"]]
            life = {"id": gone["asset_id"], "product_id": state["product_id"]}
            amount = currency.round(-gone["sum"])
            self._enter(
                new, state, life, gone["kind"], amount, gone["date"], origin_key=key
            )

    @api.model
    def _add_ends(self, company, lives, entered, new, today):
        """Bring units whose cover has ended to zero, and others back from there."""
        currency = company.currency_id
        for key, state in entered.items():
            life = lives.get(key)
            part = life["part"] if life else 0.0
            if part:
                day = life.get("return_day") if part < 1 else None
                target = -currency.round(life["share"] * (1 - part))
                amount = currency.round(target - state["released"])
                kind, day = "released", day or today
            else:
                balance = state["share"] + state["used"] + state["released"]
                amount = -currency.round(balance)
                kind = "released" if amount < 0 else "topped_up"
                life = life or {"id": key, "product_id": state["product_id"]}
                day = max(life.get("end", today), state["last"])
            if not currency.is_zero(amount):
                self._enter(new, state, life, kind, amount, day)

    @api.model
    def _insert(self, company, rows):
        """Write many movements at once: one by one, 100,000 would take a minute."""
        if not rows:
            return
        arrays = [
            SQL("%s::%s", [row[name] for row in rows], column_type)
            for name, column_type in COLUMNS.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO aftersales_provision_entry
                    (company_id, create_uid, write_uid, create_date, write_date, %s)
                SELECT %s, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
                       row.*
                  FROM unnest(%s) AS row
                """,
                SQL(", ").join(SQL.identifier(name) for name in COLUMNS),
                company.id,
                self.env.uid,
                self.env.uid,
                SQL(", ").join(arrays),
            )
        )
        self.env["aftersales.provision.entry"].invalidate_model()
