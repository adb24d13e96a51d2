"""The four tag filters of every taggable list: `tags`, `tags-any`, `not-tags`, `not-tags-any`."""

from multidict import MultiMapping

from runtime.web.listing import Where

WORDS = frozenset({"tags", "tags-any", "not-tags", "not-tags-any"})
"""To be given to `parse_page(..., ignore=WORDS)`."""

OPERATORS = {
    "tags": "{column} @> {{}}::text[]",
    "tags-any": "{column} && {{}}::text[]",
    "not-tags": "NOT {column} @> {{}}::text[]",
    "not-tags-any": "NOT {column} && {{}}::text[]",
}


def filter_tags(where: Where, query: MultiMapping[str], column: str) -> None:
    """Adds the filters that the query names; `column` is the SQL of a text[] (a store's TAGS_SQL)."""
    for word in WORDS & query.keys():
        tags = [tag for text in query.getall(word) for tag in text.split(",")]
        where.add(OPERATORS[word].format(column=column), tags)
