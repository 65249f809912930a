from . import test_visit_event
