from . import test_access_rights
from . import test_asset_delivery
from . import test_asset_return
from . import test_coverage
from . import test_periods
from . import test_warranty_policy
