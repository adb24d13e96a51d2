"""The body that replaces all tags of a resource, or adds to them."""

from typing import Annotated

from msgspec import Meta

from runtime.attributes import Body, Tag

MOST_TAGS = 50


class Tags(Body):
    tags: Annotated[list[Tag], Meta(max_length=MOST_TAGS)]
