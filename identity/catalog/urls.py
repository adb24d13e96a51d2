"""Endpoint addresses with the project's id filled in. Pure.

`$(project_id)s` and `%(project_id)s` are the only things that are ever filled in; a template that asks for
anything else is refused when it is written.
"""

import re

PLACE = re.compile(r"[$%]\(project_id\)s")


def check_template(url: str) -> None:
    """Raises ValueError for an address that asks for more than the project's id."""
    rest = PLACE.sub("", url)
    if "$(" in rest or "%(" in rest:
        raise ValueError("only $(project_id)s and %(project_id)s may stand in the address")


def fill(url: str, project_id: str | None) -> str | None:
    """The address for a project; None when it needs a project and there is none."""
    if not PLACE.search(url):
        return url
    return PLACE.sub(project_id, url) if project_id else None
