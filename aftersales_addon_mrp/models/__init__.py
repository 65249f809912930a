from . import aftersales_rma
from . import aftersales_rma_line_kit_mixin
from . import aftersales_rma_line
from . import aftersales_rma_mismatch
from . import product_product
from . import sale_order_line
from . import stock_move
