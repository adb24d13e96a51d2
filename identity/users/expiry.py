"""`password_expires_at=lt:2030-01-31T12:00:00Z`: users by when their passwords expire. Pure."""

from multidict import MultiMapping

from identity.attributes import Moment
from runtime.errors import BadRequest
from runtime.web.listing import Where

WORD = "password_expires_at"
EXPIRY_WORDS = frozenset({WORD})
OPERATORS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "eq": "=", "neq": "<>"}


def filter_expiry(query: MultiMapping[str], where: Where) -> None:
    """Users whose passwords never expire are found by none of the comparisons."""
    for text in query.getall(WORD, []):
        operator, parted, moment = text.partition(":")
        if not parted or operator not in OPERATORS:
            raise BadRequest(f"Invalid input for {WORD}: expected one of {', '.join(OPERATORS)}, a colon, and a time.")
        try:
            time = Moment.parse(moment).time
        except ValueError as error:
            raise BadRequest(f"Invalid input for {WORD}: {error}.") from error
        where.add(f"password_expires_at {OPERATORS[operator]} {{}}::timestamptz", time)
