from . import aftersales_case
from . import discuss_channel
