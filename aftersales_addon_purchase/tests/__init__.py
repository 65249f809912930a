from . import test_access_rights
from . import test_provision
from . import test_vendor_claim
from . import test_vendor_claim_answer
from . import test_vendor_receipt
