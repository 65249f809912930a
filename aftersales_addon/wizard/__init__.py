from . import aftersales_asset_add_warranty
from . import aftersales_standard_policy
