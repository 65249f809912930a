from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesBackfillPreviewMixin(models.AbstractModel):
    """Which moves of the past a run takes in, and what will come of them.

    All counts are worked out by the database in a few grouped queries, so that a
    preview of many years stays quick.
    """

    _name = "aftersales.backfill.preview.mixin"
    _description = "Past Deliveries: Preview"

    preview_date = fields.Datetime(string="Counted On", readonly=True, copy=False)
    preview_delivery_count = fields.Integer(
        string="Deliveries", readonly=True, copy=False
    )
    preview_move_count = fields.Integer(
        string="Delivered Lines", readonly=True, copy=False
    )
    preview_new_count = fields.Integer(
        string="New Installed Products", readonly=True, copy=False
    )
    preview_known_count = fields.Integer(
        string="Listed Already",
        readonly=True,
        copy=False,
        help="Units that are among the installed products, or that went back to "
        "their customer after a repair.",
    )
    preview_unfollowed_count = fields.Integer(
        string="Without Warranty Policy",
        readonly=True,
        copy=False,
        help="Units of products that have no warranty policy and are not tracked at "
        "customers. They are left out. Give their products a policy first if you "
        "want them.",
    )

    def action_preview(self):
        """Count what the run would do, without doing it."""
        for run in self:
            run.write(run._get_preview_vals())

    def _get_preview_vals(self):
        self.ensure_one()
        # sudo: managers of the after-sales desk need no rights in the warehouse to
        # see how many deliveries there are; only counts are shown.
        Move = self.env["stock.move"].sudo()
        domain = self._get_moves_domain() & self._get_deliveries_domain()
        [(deliveries, moves)] = Move._read_group(
            domain, [], ["picking_id:count_distinct", "__count"]
        )
        new = known = unfollowed = 0
        counts = self._get_unit_counts(domain)
        products = self.env["product.product"].browse(counts).sudo()
        policies = products._aftersales_resolve_policies(self.company_id)
        for product in products:
            units, listed = counts[product.id]
            known += listed
            if policies[product] or product.aftersales_serviced:
                new += units - listed
            else:
                unfollowed += units - listed
        return {
            "preview_date": fields.Datetime.now(),
            "preview_delivery_count": deliveries,
            "preview_move_count": moves,
            "preview_new_count": new,
            "preview_known_count": known,
            "preview_unfollowed_count": unfollowed,
        }

    def _get_unit_counts(self, domain):
        """Return how many units were delivered and how many of them are known.

        :return: ``{product id: (units, known units)}``
        """
        self.env["aftersales.asset"].flush_model(["move_id", "lot_id"])
        self.env["stock.move.line"].flush_model(["move_id", "lot_id", "quantity"])
        query = self.env["stock.move"].sudo()._search(domain)
        self.env.cr.execute(
            SQL(
                """
                SELECT unit.product_id,
                       COUNT(*),
                       COUNT(*) FILTER (WHERE unit.again OR asset.id IS NOT NULL)
                  FROM (
                    SELECT DISTINCT move.id AS move_id,
                           move.product_id AS product_id,
                           move.origin_returned_move_id IS NOT NULL AS again,
                           CASE WHEN template.tracking <> 'none' THEN line.lot_id END
                           AS lot_id
                      FROM stock_move AS move
                      JOIN product_product AS product
                        ON product.id = move.product_id
                      JOIN product_template AS template
                        ON template.id = product.product_tmpl_id
                      JOIN stock_move_line AS line
                        ON line.move_id = move.id AND line.quantity > 0
                     WHERE move.id IN %s
                  ) AS unit
             LEFT JOIN aftersales_asset AS asset
                    ON asset.move_id = unit.move_id
                   AND COALESCE(asset.lot_id, 0) = COALESCE(unit.lot_id, 0)
              GROUP BY unit.product_id
                """,
                query.subselect(),
            )
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def _get_moves_count(self):
        """Return how many moves, deliveries and returns, the run goes through."""
        self.ensure_one()
        # sudo: only a count is shown, see the preview.
        return self.env["stock.move"].sudo().search_count(self._get_moves_domain())

    def _get_next_moves(self, limit, line_limit):
        """Return the moves of the next batch, in order of time.

        :param int limit: how many moves at most
        :param int line_limit: how many move lines at most, if more than one move
        """
        self.ensure_one()
        domain = self._get_moves_domain() & Domain("date", "<=", self.date_started)
        if self.cursor_date:
            domain &= Domain("date", ">", self.cursor_date) | (
                Domain("date", "=", self.cursor_date)
                & Domain("id", ">", self.cursor_move_id)
            )
            # The same once more in a form that the index on the date can serve.
            domain &= Domain("date", ">=", self.cursor_date)
        # sudo: the scheduled action may be given to a user without stock rights.
        Move = self.env["stock.move"].sudo()
        moves = Move.search(domain, order="date, id", limit=limit)
        return self._limit_lines(moves, line_limit)

    def _get_moves_domain(self):
        """Return the domain of the moves that the run goes through."""
        self.ensure_one()
        returns = Domain("location_id.usage", "=", "customer") & Domain(
            "location_dest_id.usage", "!=", "customer"
        )
        domain = (
            Domain("state", "=", "done")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("date", ">=", self._get_moment_from())
            & (self._get_deliveries_domain() | returns)
        )
        chosen = []
        if self.product_ids:
            chosen.append(Domain("product_id", "in", self.product_ids.ids))
        if self.categ_ids:
            chosen.append(Domain("product_id.categ_id", "child_of", self.categ_ids.ids))
        return domain & Domain.OR(chosen) if chosen else domain

    def _get_deliveries_domain(self):
        return Domain("location_dest_id.usage", "=", "customer") & Domain(
            "location_id.usage", "!=", "customer"
        )

    def _get_moment_from(self):
        """Return the first moment of the first day where the company works, in UTC."""
        zone = pytz.timezone(self.company_id._aftersales_tz())
        midnight = zone.localize(datetime.combine(self.date_from, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _limit_lines(self, moves, limit):
        """Return the first of some moves, with no more lines than a limit.

        At least one move is returned, however many lines it has.
        """
        # sudo: as the moves themselves.
        counts = dict(
            self.env["stock.move.line"]
            .sudo()
            ._read_group([("move_id", "in", moves.ids)], ["move_id"], ["__count"])
        )
        total = 0
        for index, move in enumerate(moves):
            total += counts.get(move, 0)
            if index and total > limit:
                return moves[:index]
        return moves
