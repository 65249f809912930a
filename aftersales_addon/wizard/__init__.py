from . import aftersales_asset_add_warranty
