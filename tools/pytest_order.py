"""A pytest plugin: what takes long begins first, so that all workers end together.

xdist begins with the classes that have most tests. Those with tours have few and take
a minute each: one of them would be left for the end, with the other worker idle.
"""

from collections import Counter

SLOW = ("tour", "querycounts")


def pytest_collection_modifyitems(items) -> None:
    """Classes with tours first, then by their number of tests."""
    scopes = [item.nodeid.rpartition("::")[0] for item in items]
    counts = Counter(scopes)
    first = {scope: place for place, scope in reversed(list(enumerate(scopes)))}

    def rank(item) -> tuple:
        """The place of a test: of its class, whose tests stay together."""
        scope = item.nodeid.rpartition("::")[0]
        slow = any(word in scope.rpartition("::")[2].lower() for word in SLOW)
        return (not slow, -counts[scope], first[scope])

    items.sort(key=rank)
