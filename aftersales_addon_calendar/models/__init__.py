from . import aftersales_visit
from . import calendar_event
