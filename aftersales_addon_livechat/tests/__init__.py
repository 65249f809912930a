from . import test_livechat_case
from . import test_help_chat
