from . import portal
from . import extension
from . import portal_reading
