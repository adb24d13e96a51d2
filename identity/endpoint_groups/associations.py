"""Routes of what projects are given of endpoints. A token's catalogue shows it from the next look on."""

from aiohttp import web

from identity.endpoint_groups.noun import ENDPOINT_GROUP, ENDPOINT_GROUPS
from identity.endpoints.noun import ENDPOINT, ENDPOINTS
from identity.links import linked
from identity.lists import reply_listing
from identity.nouns.association import Association
from identity.nouns.noun import Noun
from identity.policy import authorize
from identity.projects import schema as projects
from identity.projects.store import PROJECTS
from runtime.database import Connection
from runtime.errors import NotFound
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where
from runtime.web.routes import Route


class Given:
    """The routes of what one noun has to do with projects: `/projects/{id}/...` and `/.../projects`."""

    def __init__(self, noun: Noun, association: Association) -> None:
        self._noun = noun
        self._association = association
        self._key = f"{noun.name}_id"

    async def add(self, request: web.Request) -> web.Response:
        """Idempotent."""
        authorize(request, {})
        async with request.app[DATABASE].transaction() as connection:
            await self._association.insert(connection, **await self._sides(request, connection))
        return no_content()

    async def check(self, request: web.Request) -> web.Response:
        await self._checked(request)
        return no_content()

    async def show(self, request: web.Request) -> web.Response:
        sides = await self._checked(request)
        key = f"project_{self._noun.name}"
        path = f"{self._noun.path}/{sides[self._key]}/projects"
        links = linked(request, path, {"id": sides["project_id"]})["links"]
        return reply({key: {**sides, "links": links}})

    async def remove(self, request: web.Request) -> web.Response:
        authorize(request, {})
        async with request.app[DATABASE].transaction() as connection:
            await self._association.delete(connection, **await self._sides(request, connection))
        return no_content()

    async def list_projects(self, request: web.Request) -> web.Response:
        authorize(request, {})
        async with request.app[DATABASE].connection() as connection:
            row = await self._noun.table.fetch(connection, request.match_info[self._key])
        where = Where()
        where.add(f"id IN (SELECT project_id FROM {self._association.name} WHERE {self._key} = {{}})", row["id"])
        return await reply_listing(request, "projects", PROJECTS.listing, projects.render, where)

    async def list_of_project(self, request: web.Request, source: str) -> web.Response:
        """Those of the noun that `source`, a table or view, has for the project of the path."""
        authorize(request, {})
        noun = self._noun
        async with request.app[DATABASE].connection() as connection:
            project = await PROJECTS.fetch(connection, request.match_info["project_id"])
        where = Where()
        where.add(f"id IN (SELECT {self._key} FROM {source} WHERE project_id = {{}})", project["id"])
        return await reply_listing(request, noun.plural, noun.table.listing, noun.render, where, path=noun.path)

    async def _checked(self, request: web.Request) -> dict[str, str]:
        authorize(request, {})
        async with request.app[DATABASE].connection() as connection:
            sides = await self._sides(request, connection)
            await self._association.check(connection, **sides)
        return sides

    async def _sides(self, request: web.Request, connection: Connection) -> dict[str, str]:
        """Both sides, proved to exist."""
        project = await PROJECTS.fetch(connection, request.match_info["project_id"])
        row = await self._noun.table.fetch(connection, request.match_info[self._key])
        return {"project_id": project["id"], self._key: row["id"]}


def _association(noun: Noun, constraints: dict[str, str]) -> Association:
    words = noun.name.replace("_", " ")
    return Association(
        name=f"identity.project_{noun.plural}",
        missing=lambda sides: NotFound(
            f"Could not find {words} {sides[f'{noun.name}_id']} in project {sides['project_id']}."
        ),
        gone={
            name: lambda what=what: NotFound(f"Could not find {what}.")  # by another request, meanwhile
            for name, what in constraints.items()
        },
    )


SINGLE = Given(
    ENDPOINT,
    _association(ENDPOINT, {"project_endpoints_project": "project", "project_endpoints_endpoint": "endpoint"}),
)
GROUPED = Given(
    ENDPOINT_GROUP,
    _association(
        ENDPOINT_GROUP,
        {"project_endpoint_groups_project": "project", "project_endpoint_groups_group": "endpoint group"},
    ),
)


async def list_endpoints_of_project(request: web.Request) -> web.Response:
    """Those that it was given itself, and those of its groups."""
    return await SINGLE.list_of_project(request, "identity.chosen_endpoints")


async def list_groups_of_project(request: web.Request) -> web.Response:
    return await GROUPED.list_of_project(request, "identity.project_endpoint_groups")


async def list_endpoints_of_group(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        group = await ENDPOINT_GROUPS.fetch(connection, request.match_info["endpoint_group_id"])
    where = Where()
    where.add("id IN (SELECT endpoint_id FROM identity.grouped_endpoints WHERE endpoint_group_id = {})", group["id"])
    return await reply_listing(request, "endpoints", ENDPOINTS.listing, ENDPOINT.render, where)


BELOW = "/v3/OS-EP-FILTER"
ROUTES = {
    f"{BELOW}/projects/{{project_id}}/endpoints": {
        "GET": Route(list_endpoints_of_project, "identity:list_endpoints_for_project"),
    },
    f"{BELOW}/projects/{{project_id}}/endpoints/{{endpoint_id}}": {
        "PUT": Route(SINGLE.add, "identity:add_endpoint_to_project"),
        "GET": Route(SINGLE.check, "identity:check_endpoint_in_project"),
        "DELETE": Route(SINGLE.remove, "identity:remove_endpoint_from_project"),
    },
    f"{BELOW}/endpoints/{{endpoint_id}}/projects": {
        "GET": Route(SINGLE.list_projects, "identity:list_projects_for_endpoint"),
    },
    f"{BELOW}/projects/{{project_id}}/endpoint_groups": {
        "GET": Route(list_groups_of_project, "identity:list_endpoint_groups_for_project"),
    },
    f"{BELOW}/endpoint_groups/{{endpoint_group_id}}/endpoints": {
        "GET": Route(list_endpoints_of_group, "identity:list_endpoints_associated_with_endpoint_group"),
    },
    f"{BELOW}/endpoint_groups/{{endpoint_group_id}}/projects": {
        "GET": Route(GROUPED.list_projects, "identity:list_projects_associated_with_endpoint_group"),
    },
    f"{BELOW}/endpoint_groups/{{endpoint_group_id}}/projects/{{project_id}}": {
        "PUT": Route(GROUPED.add, "identity:add_endpoint_group_to_project"),
        "GET": Route(GROUPED.show, "identity:get_endpoint_group_in_project"),
        "DELETE": Route(GROUPED.remove, "identity:remove_endpoint_group_from_project"),
    },
}
