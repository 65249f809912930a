"""Weeks that go by between two chapters.

Nobody can turn the clock of a program from outside. To the people it is the same when
everything they have done lies further back: all days and moments in the database are
moved by as much.
"""

import psycopg2
from psycopg2 import sql

# What belongs to the machine, not to the story: schedules, logs, who is there now.
MACHINE = ("ir_", "bus_", "res_device", "mail_presence", "auth_", "res_currency_rate")
COLUMNS = """
    SELECT c.table_name, array_agg(c.column_name::text)
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('date', 'timestamp without time zone')
     GROUP BY c.table_name
     ORDER BY c.table_name
"""
# Each warranty carries what it covers until when as one value.
COVERAGE = """
    UPDATE aftersales_warranty
       SET coverage = (
           SELECT jsonb_agg(
               CASE WHEN line ->> 'end' IS NULL THEN line ELSE jsonb_set(
                   line, '{end}',
                   to_jsonb(((line ->> 'end')::date - %(days)s)::text)
               ) END ORDER BY number
           )
             FROM jsonb_array_elements(coverage) WITH ORDINALITY AS x (line, number)
       )
     WHERE jsonb_array_length(coverage) > 0
"""


def pass_days(database: str, days: int) -> None:
    """Let days go by: what has happened is that much longer ago, what is due nearer."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(COLUMNS)
            for table, columns in cursor.fetchall():
                if not table.startswith(MACHINE):
                    cursor.execute(_move(table, columns), {"days": days})
            cursor.execute(COVERAGE, {"days": days})
    finally:
        connection.close()


def _move(table: str, columns: list[str]) -> sql.Composed:
    """Return the statement that moves the days of one table."""
    moved = sql.SQL(", ").join(
        sql.SQL("{0} = {0} - make_interval(days => %(days)s)").format(
            sql.Identifier(column)
        )
        for column in columns
    )
    return sql.SQL("UPDATE {} SET {}").format(sql.Identifier(table), moved)
