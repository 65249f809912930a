from . import portal
from . import extension
