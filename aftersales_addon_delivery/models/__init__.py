from . import aftersales_rma
from . import stock_picking
