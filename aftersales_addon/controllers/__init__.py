from . import portal
from . import registration
from . import transfer
from . import extension
from . import portal_reading
from . import returns
from . import return_proposal
from . import return_request
