"""Sharing out a quantity over several payers, without any database."""

# Far below the finest unit of measure, and far above what floats lose on the way.
DIGITS = 6


def allot(offers, quantity):
    """Share out a claimed quantity over those who pay for it, the best first.

    :param offers: pairs of a payer and how much of the quantity it pays for; None
        for a payer who pays for any quantity
    :param float quantity: what is claimed, in one unit of measure
    :return: a list of ``(payer, quantity)``, in the order of the offers, without
        payers for whom nothing is left
    """
    parts, left = [], quantity
    for payer, limit in offers:
        if left <= 0:
            break
        taken = left if limit is None else min(left, limit)
        if taken > 0:
            parts.append((payer, taken))
            left = round(left - taken, DIGITS)
    return parts
