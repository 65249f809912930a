"""Measures of service quality, each defined once, without any database."""

from typing import NamedTuple

SATISFIED = 4
"""Ratings go from 1 to 5; from this one on a customer counts as satisfied."""
PROMOTER, PASSIVE = 9, 7
"""The lowest answers, of 0 to 10, of a promoter and of a passive customer."""


class Satisfaction(NamedTuple):
    """Answers to "how satisfied are you?"; rates in percent, None without answers."""

    asked: int
    answered: int
    rate: float | None
    mean: float | None
    response_rate: float | None


def satisfaction(ratings) -> Satisfaction:
    """Return the customer satisfaction (CSAT) of a set of requests for a rating.

    The rate is the share of those who gave 4 or 5 among those who answered: a request
    without an answer says nothing, it is no zero.

    :param ratings: 1 to 5 for each request, None or 0 where nobody answered
    :raises ValueError: for a rating beyond 5 or below 0
    """
    ratings = list(ratings)
    given = [rating for rating in ratings if rating]
    if any(not 1 <= rating <= 5 for rating in given):
        raise ValueError("a rating is a number from 1 to 5")
    if not given:
        return Satisfaction(len(ratings), 0, None, None, 0.0 if ratings else None)
    satisfied = sum(rating >= SATISFIED for rating in given)
    return Satisfaction(
        asked=len(ratings),
        answered=len(given),
        rate=100 * satisfied / len(given),
        mean=sum(given) / len(given),
        response_rate=100 * len(given) / len(ratings),
    )


def net_promoter_score(answers) -> float | None:
    """Return the net promoter score, from -100 to +100; None without answers.

    The share of promoters (9, 10) less that of detractors (0 to 6), in percent; those
    in between count in the whole only.

    :param answers: whole numbers from 0 to 10, the latest of each person
    :raises ValueError: for another answer
    """
    answers = list(answers)
    if any(not 0 <= answer <= 10 for answer in answers):
        raise ValueError("an answer is a number from 0 to 10")
    if not answers:
        return None
    promoters = sum(answer >= PROMOTER for answer in answers)
    detractors = sum(answer < PASSIVE for answer in answers)
    return 100 * (promoters - detractors) / len(answers)
