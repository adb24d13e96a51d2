"""Lists: filters, sorting, keyset paging, compiled to one bounded SQL statement.

A slice declares its `Listing` once: the FROM clause, and which attributes may filter and sort, each with its SQL
expression and type. Only these identifiers and our own operators reach the SQL text; every value is a parameter.
The scope predicate of the caller is ANDed by the slice and cannot be widened by a filter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from multidict import MultiMapping

from runtime.attributes import is_uuid
from runtime.errors import BadRequest

LARGEST_PAGE = 1000
PAGING_WORDS = frozenset({"limit", "marker", "page_reverse", "sort_key", "sort_dir", "sort", "fields"})


@dataclass(frozen=True)
class Attribute:
    """`sql` is an expression over the listing's FROM clause; `kind` is text, uuid, bool, int, time or inet."""

    sql: str
    kind: str = "text"
    sortable: bool = True


@dataclass(frozen=True)
class Listing:
    """`select` starts with SELECT and ends after the FROM clause; `key` names the unique attribute, `id`."""

    select: str
    attributes: Mapping[str, Attribute]
    key: str = "id"


@dataclass
class Page:
    """What a client asked for. `filters` holds attribute -> accepted values (any of them)."""

    filters: dict[str, list[str]] = field(default_factory=dict)
    sort: list[tuple[str, bool]] = field(default_factory=list)
    limit: int = LARGEST_PAGE
    marker: str | None = None
    reverse: bool = False


class Where:
    """Collects predicates and their parameters: `where.add("project_id = {}", project_id)`."""

    def __init__(self) -> None:
        self.predicates: list[str] = []
        self.values: list[Any] = []

    def bind(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def add(self, text: str, *values: Any) -> None:
        self.predicates.append(text.format(*(self.bind(value) for value in values)))


def parse_page(
    query: MultiMapping[str],
    listing: Listing,
    *,
    ignore: frozenset[str] = frozenset(),
    hidden: Collection[str] = (),
) -> Page:
    """The paging, sorting and filters of a query string, in Neutron's words (`sort_key`, `sort_dir`, repeated
    filters) and in Glance's and Nova's (`sort=name:asc,created_at`).

    An attribute that cannot filter or sort is a BadRequest that names it. `ignore` holds words that the slice reads
    itself, `hidden` those of attributes that the caller may not see: what they sort or filter would tell of them.
    """
    page = Page(marker=query.get("marker"), reverse=query.get("page_reverse", "").lower() == "true")
    if "\x00" in (page.marker or ""):
        raise BadRequest("Invalid input for marker: NUL characters are not accepted.")
    page.limit = _parse_limit(query.get("limit"))
    page.sort = _parse_sort(query, listing, hidden)
    for name in query.keys() - PAGING_WORDS - (ignore - set(hidden)):
        if name not in listing.attributes or name in hidden:
            raise BadRequest(f"Filtering by '{name[:64]}' is not supported.")
        page.filters[name] = query.getall(name)
    return page


def _parse_limit(text: str | None) -> int:
    if text is None:
        return LARGEST_PAGE
    if not text.isdecimal() or len(text) > 10:
        raise BadRequest("Invalid input for limit: expected a whole number, zero or more.")
    return min(int(text), LARGEST_PAGE) or LARGEST_PAGE


def _parse_sort(query: MultiMapping[str], listing: Listing, hidden: Collection[str]) -> list[tuple[str, bool]]:
    keys = list(query.getall("sort_key", []))
    directions = list(query.getall("sort_dir", []))
    for part in ",".join(query.getall("sort", [])).split(","):
        if part:
            key, _, direction = part.partition(":")
            keys.append(key)
            directions.append(direction or "asc")
    directions += ["asc"] * (len(keys) - len(directions))
    for key, direction in zip(keys, directions, strict=False):
        if key not in listing.attributes or key in hidden or not listing.attributes[key].sortable:
            raise BadRequest(f"Invalid input for sort_key: '{key[:64]}' cannot be sorted by.")
        if direction.lower() not in ("asc", "desc"):
            raise BadRequest("Invalid input for sort_dir: expected asc or desc.")
    return [(key, direction.lower() == "desc") for key, direction in zip(keys, directions, strict=False)]


def compile_listing(listing: Listing, page: Page, where: Where) -> tuple[str, list[Any]]:
    """(SQL, parameters) of a page of at most `page.limit` rows; `where` brings the scope of the caller.

    Rows come in the order asked for, the key breaking ties; `page_reverse` reads backwards from the marker and
    leaves it to the caller to turn the rows round again.
    """
    for name, values in page.filters.items():
        _filter(where, name, listing.attributes[name], values)
    order = [*page.sort, *([] if any(key == listing.key for key, _ in page.sort) else [(listing.key, False)])]
    order = [(key, descending ^ page.reverse) for key, descending in order]
    if page.marker is not None:
        where.predicates.append(_after_marker(listing, order, page.marker, where))
    conditions = " AND ".join(f"({predicate})" for predicate in where.predicates) or "true"
    ordering = ", ".join(
        f"{_comparable(listing.attributes[key])} {'DESC' if descending else 'ASC'}" for key, descending in order
    )
    sql = f"{listing.select} WHERE {conditions} ORDER BY {ordering} LIMIT {where.bind(page.limit)}"
    return sql, where.values


def _filter(where: Where, name: str, attribute: Attribute, texts: Sequence[str]) -> None:
    parsed = [_parse_value(name, attribute.kind, text) for text in texts]
    values = [value for value in parsed if value is not None]
    if attribute.kind == "uuid":
        where.add(f"{attribute.sql} = ANY({{}}::uuid[])", values)
    elif attribute.kind == "bool":
        where.add(f"{attribute.sql} = ANY({{}}::bool[])", values)
    elif attribute.kind == "int":
        where.add(f"{attribute.sql} = ANY({{}}::bigint[])", values)
    else:
        where.add(f"({attribute.sql})::text = ANY({{}}::text[])", values)


def _parse_value(name: str, kind: str, text: str) -> Any:
    """A filter's value in its type. An id that cannot exist is None: it matches nothing, which is no error."""
    if "\x00" in text:
        raise BadRequest(f"Invalid input for {name}: NUL characters are not accepted.")
    if kind == "bool":
        if text.lower() not in ("true", "false", "1", "0"):
            raise BadRequest(f"Invalid input for {name}: expected true or false.")
        return text.lower() in ("true", "1")
    if kind == "int":
        if not text.removeprefix("-").isdecimal() or len(text) > 18:
            raise BadRequest(f"Invalid input for {name}: expected a whole number.")
        return int(text)
    if kind == "uuid":
        return text.lower() if is_uuid(text) else None
    return text


NULL_STANDS_FOR = {"text": "''", "bool": "false", "int": "0", "time": "'-infinity'::timestamptz"}


def _comparable(attribute: Attribute) -> str:
    """An expression that is never NULL, so that keyset comparison is total."""
    if attribute.kind in ("uuid", "inet"):
        return attribute.sql
    return f"coalesce({attribute.sql}, {NULL_STANDS_FOR[attribute.kind]})"


def _after_marker(listing: Listing, order: Sequence[tuple[str, bool]], marker: str, where: Where) -> str:
    """Rows strictly after the marker's row: for keys a, b: a > a0, or a = a0 and b > b0."""
    key = listing.attributes[listing.key]
    if key.kind == "uuid" and not is_uuid(marker):
        raise BadRequest("Invalid input for marker: no such resource.")
    place = where.bind(marker)
    from_clause = listing.select[listing.select.upper().rindex(" FROM ") :]
    sides = []
    for name, descending in order:
        expression = _comparable(listing.attributes[name])
        at_marker = f"(SELECT {expression}{from_clause} WHERE {key.sql} = {place} LIMIT 1)"
        sides.append((expression, "<" if descending else ">", at_marker))
    steps = []
    for depth, (expression, operator, at_marker) in enumerate(sides):
        equal = [f"{before} = {value}" for before, _, value in sides[:depth]]
        steps.append(" AND ".join([*equal, f"{expression} {operator} {at_marker}"]))
    return " OR ".join(f"({step})" for step in steps)
