from odoo.http import request


def show_dead_link(advice):
    """Answer to a link that opens nothing.

    The page is the same for a key that is wrong, too old or withdrawn: nobody learns
    whether it ever worked.

    :param str advice: what the customer can do instead
    """
    return request.render(
        "aftersales_addon.dead_link_page",
        {
            "advice": advice,
            # For those who have the page read to them.
            "html_data": {"lang": (request.env.lang or "en_US").replace("_", "-")},
        },
        status=404,
    )
