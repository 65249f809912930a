"""The remedy that this addon adds, after the refund in money."""

CREDIT = [("refund",), ("credit", "Store Credit"), ("replacement",)]
