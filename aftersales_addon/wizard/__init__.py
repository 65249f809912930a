from . import aftersales_asset_add_warranty
from . import aftersales_settings
from . import aftersales_standard_policy
from . import aftersales_asset_assess
from . import aftersales_assessment_goodwill
from . import aftersales_assessment_goodwill_line
