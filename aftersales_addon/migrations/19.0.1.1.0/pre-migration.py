"""Spans of coverage are written by the database, not worked out unit by unit."""


def migrate(cr, version):
    """Add the first covered day of each unit before the fields are set up."""
    cr.execute("""
        ALTER TABLE aftersales_asset
            ADD COLUMN IF NOT EXISTS warranty_start date,
            ADD COLUMN IF NOT EXISTS warranty_waiting boolean DEFAULT FALSE
    """)
    cr.execute("ALTER TABLE aftersales_asset ALTER warranty_waiting DROP DEFAULT")
    cr.execute("""
        UPDATE aftersales_asset AS asset
           SET warranty_start = span.day
          FROM (SELECT asset_id, min(date_start) AS day
                  FROM aftersales_warranty
                 WHERE state = 'open'
              GROUP BY asset_id) AS span
         WHERE asset.id = span.asset_id
    """)
