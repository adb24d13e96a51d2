"""Filters of the networks list that look at segments: a network matches when one of its segments has all of it."""

from multidict import MultiMapping

from runtime.errors import BadRequest
from runtime.web.listing import Where

COLUMNS = {
    "provider:network_type": "s.network_type",
    "provider:physical_network": "s.physical_network",
    "provider:segmentation_id": "s.segmentation_id::text",
}
WORDS = frozenset(COLUMNS)


def filter_segments(where: Where, query: MultiMapping[str]) -> None:
    """Adds the filters that the query names; raises BadRequest."""
    conditions, values = ["s.network_id = n.id"], []
    for word in sorted(WORDS & query.keys()):
        values.append(query.getall(word))
        conditions.append(f"{COLUMNS[word]} = ANY({{}}::text[])")
        if any("\x00" in text for text in values[-1]):
            raise BadRequest(f"Invalid input for {word}: NUL characters are not accepted.")
    if values:
        where.add(f"EXISTS (SELECT FROM northbound.segments s WHERE {' AND '.join(conditions)})", *values)
