"""Lists and limits that several models of the addon share."""

# Who may read after-sales facts on the platform's own forms: the service desk,
# technicians, and the people who sell and ship the goods.
READ_GROUPS = (
    "aftersales_addon.aftersales_group_user,"
    "aftersales_addon.aftersales_group_technician,"
    "sales_team.group_sale_salesman,"
    "stock.group_stock_user"
)

# A period of more than a century is a typing mistake.
MAX_DURATION = {"day": 36500, "week": 5200, "month": 1200, "year": 100}

# The rows of the coverage report have an id for each line of a warranty.
MAX_POLICY_LINES = 60

# "Expiring": the coverage ends within this many days.
EXPIRING_DAYS = 30

# How many stock moves one step of a backfill handles before it commits.
BACKFILL_BATCH = 500
# A step ends sooner when its moves hold more lines (serials, mostly) than this.
BACKFILL_BATCH_LINES = 2000

# More certificates than this in one delivery are not put into its e-mail: the
# customer gets the link to their list instead.
CERTIFICATE_MAIL_LIMIT = 20

# How many notices of ending warranties the nightly job handles before it commits.
RENEWAL_BATCH = 100
