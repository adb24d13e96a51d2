"""What a caller is told of a constraint that it violated and that no store names: a Conflict in words of its tables.

Stores name what a request can run into by itself (`runtime.database.naming`). What is left are races: a resource that is
referred to goes while somebody refers to it, or two make the same. PostgreSQL refuses the later one, nothing is
changed, and the caller may look again and decide.
"""

import re

import asyncpg
import structlog

from runtime.errors import Conflict

CONTESTED = "Another request changed the same resource; try again."
MISSING = re.compile(r'^Key \((?P<columns>.*?)\)=\((?P<values>.*)\) is not present in table "(?P<table>\w+)"')
NEEDED = re.compile(r'^Key \(.*?\)=\((?P<values>.*)\) is still referenced from table "(?P<table>\w+)"')
TAKEN = re.compile(r"^Key \((?P<columns>.*?)\)=\(")
REFERENCED = re.compile(r'on table "(?P<table>\w+)" violates')
COLUMN = re.compile(r"^\w+(?= |$)")
UNNAMED = (
    asyncpg.ForeignKeyViolationError,
    asyncpg.UniqueViolationError,
    asyncpg.ExclusionViolationError,
)

log = structlog.get_logger()


def conflict_of(error: asyncpg.IntegrityConstraintViolationError) -> Conflict | None:
    """The refusal that stands for the violation; None when only a mistake of ours can have led to it."""
    if isinstance(error, UNNAMED):
        text = describe(type(error), error.table_name or "", str(error), error.detail or "")
    elif type(error) is asyncpg.IntegrityConstraintViolationError:  # raised by a function of ours, in words of its own
        said = str(error)
        text = f"{said[:1].upper()}{said[1:]}."
    else:
        return None
    log.warning("database.contest", constraint=error.constraint_name, detail=error.detail)
    return Conflict(text)


def describe(kind: type[Exception], table: str, message: str, detail: str) -> str:
    """Pure: what the constraint of `table` said, in PostgreSQL's words, for somebody who knows resources alone."""
    noun = noun_of(table)
    if (missing := MISSING.match(detail)) and kind is asyncpg.ForeignKeyViolationError:
        return (
            f"The {noun_of(missing['table'])} {missing['values'][:128]} does not exist any more"
            f" ({_columns(missing['columns'])})."
        )
    if (needed := NEEDED.match(detail)) and kind is asyncpg.ForeignKeyViolationError:
        referenced = REFERENCED.search(message)
        subject = f"The {noun_of(referenced['table'])} {needed['values'][:128]}" if referenced else "The resource"
        return f"{subject} is still in use by a {noun_of(needed['table'])}."
    if (taken := TAKEN.match(detail)) and kind is asyncpg.UniqueViolationError:
        return f"Another request made a {noun} with the same values ({_columns(taken['columns'])})."
    if (taken := TAKEN.match(detail)) and kind is asyncpg.ExclusionViolationError:
        return f"Another request made a {noun} that this one overlaps ({_columns(taken['columns'])})."
    return CONTESTED


def _columns(listed: str) -> str:
    """The columns among what an index is over; an expression is nobody's attribute."""
    named = (COLUMN.match(part.strip()) for part in listed.split(","))
    return ", ".join(found[0] for found in named if found)


def noun_of(table: str) -> str:
    """`qos_policies` -> "qos policy"."""
    words = table.replace("_", " ")
    for ending, single in (("sses", "ss"), ("ies", "y"), ("ss", "ss"), ("is", "is"), ("s", "")):
        if words.endswith(ending):
            return words.removesuffix(ending) + single
    return words
