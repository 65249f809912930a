from . import models


def _post_init_hook(env):
    """Put the appointments that are made already into the calendars."""
    visits = env["aftersales.visit"].search(
        [("state", "in", ("scheduled", "on_way", "in_progress"))]
    )
    visits._sync_calendar_events()
