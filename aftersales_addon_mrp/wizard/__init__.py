from . import aftersales_rma_start
from . import aftersales_rma_start_line
