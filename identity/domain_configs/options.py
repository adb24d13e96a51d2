"""Which options a domain may have, and what a client's configuration must look like. Pure.

A configuration is `{group: {option: value}}`; what Keystone answers with 403 (InvalidDomainConfig) is refused so.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from identity.directories.options import DirectoryOptions
from runtime.errors import BadRequest, Forbidden, NotFound
from runtime.web.bodies import describe

Config = Mapping[str, Mapping[str, Any]]
SENSITIVE = frozenset({("ldap", "password")})
"""Accepted, sealed and never shown."""


class IdentityOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`driver` says who keeps the domain's users and groups."""

    driver: Literal["sql", "ldap"] = "sql"


GROUPS: Mapping[str, type[msgspec.Struct]] = {"identity": IdentityOptions, "ldap": DirectoryOptions}


class InvalidDomainConfig(Forbidden):
    """A group or option that no domain may have, or a body that does not say what its path does."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid domain specific configuration: {reason}.")


class DomainConfigNotFound(NotFound):
    def __init__(self, domain_id: str, group: str | None = None, option: str | None = None) -> None:
        what = " ".join(f"{kind} {name[:64]}" for kind, name in (("group", group), ("option", option)) if name)
        what = f"{what} in " if what else ""
        super().__init__(f"Could not find {what}domain configuration for domain {domain_id[:64]}.")


def check_supported(group: str | None, option: str | None = None) -> None:
    """Raises InvalidDomainConfig for what no domain may have."""
    if group is not None and group not in GROUPS:
        raise InvalidDomainConfig(f"Group {group[:64]} is not supported for domain specific configurations")
    if option is not None and option not in GROUPS[group or ""].__struct_fields__:
        raise InvalidDomainConfig(
            f"Option {option[:64]} in group {group} is not supported for domain specific configurations"
        )


def check_sent(config: Mapping[str, Any], group: str | None = None, option: str | None = None) -> Config:
    """What a body sets, by group; the body of a path with group and option names just these."""
    check_supported(group, option)
    if option is not None:
        if config.keys() != {option}:
            raise InvalidDomainConfig(
                f"Trying to update option {option} in group {group}, so that, and only that, option must be specified "
                "in the config"
            )
        return {group or "": config}
    if group is not None and config.keys() != {group}:
        raise InvalidDomainConfig(
            f"Trying to update group {group}, so that, and only that, group must be specified in the config"
        )
    if not config:
        raise InvalidDomainConfig("No options specified")
    for name, options in config.items():
        check_supported(name)
        if not isinstance(options, Mapping) or not options:
            raise InvalidDomainConfig(
                f"The value of group {name} specified in the config should be a dictionary of options"
            )
        for each in options:
            check_supported(name, each)
    return config


def parse_group(group: str, options: Mapping[str, Any]) -> Any:
    """The options of a group as its struct. Raises BadRequest that names the option."""
    try:
        return msgspec.convert(options, GROUPS[group], strict=False)
    except msgspec.ValidationError as error:
        text = describe(error).removeprefix("Invalid input for ").removeprefix("Invalid input: ")
        raise BadRequest(f"Invalid input for config.{group}.{text}") from error


def default_config(group: str | None = None, option: str | None = None) -> dict[str, Any]:
    """The defaults that may be shown, as deep as the path goes: groups, one group, one option."""
    check_supported(group, option)
    if (group, option) in SENSITIVE:
        raise InvalidDomainConfig(f"Reading the default for option {option} in group {group} is not supported")
    shown = {
        name: {key: value for key, value in msgspec.to_builtins(shape()).items() if (name, key) not in SENSITIVE}
        for name, shape in GROUPS.items()
        if group in (None, name)
    }
    return {option: shown[group or ""][option]} if option else shown


def open_part(config: Config) -> dict[str, dict[str, Any]]:
    """The configuration without what is never shown."""
    return {
        group: {name: value for name, value in options.items() if (group, name) not in SENSITIVE}
        for group, options in config.items()
    }
