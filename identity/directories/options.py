"""How the directory of a domain is asked: Keystone's `[ldap]` options, as far as they mean something here. Pure.

Defaults are Keystone's. The directory is only read, and a referral is never followed: it could name any host.
Source: Keystone's configuration reference, section [ldap].
"""

import re
from typing import Annotated, Literal
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec
from msgspec import Meta
from sansldap import LDAPFilter

ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}|\d+(\.\d+){1,20}")
MOST_URLS = 8
Text = Annotated[str, Meta(min_length=1, max_length=1024)]


class DirectoryOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`url` may name several servers, with commas between, asked in this order.

    `page_size` 0 asks for all at once. Without `user`, searches are anonymous.
    """

    url: Text = "ldap://localhost"
    user: Text | None = None
    password: Annotated[str, Meta(max_length=1024)] | None = None
    suffix: Text = "cn=example,cn=com"
    query_scope: Literal["one", "sub"] = "one"
    page_size: Annotated[int, Meta(ge=0, le=10_000)] = 0
    pool_size: Annotated[int, Meta(ge=1, le=50)] = 10
    chase_referrals: bool | None = None
    use_tls: bool = False
    tls_cacertfile: Text | None = None
    tls_cacertdir: Text | None = None
    tls_req_cert: Literal["demand", "allow", "never"] = "demand"
    user_tree_dn: Text | None = None
    user_filter: Text | None = None
    user_objectclass: Text = "inetOrgPerson"
    user_id_attribute: Text = "cn"
    user_name_attribute: Text = "sn"
    user_mail_attribute: Text = "mail"
    user_description_attribute: Text = "description"
    user_enabled_attribute: Text = "enabled"
    user_enabled_mask: Annotated[int, Meta(ge=0)] = 0
    user_enabled_invert: bool = False
    user_enabled_default: str | None = "True"
    user_default_project_id_attribute: Text | None = None
    group_tree_dn: Text | None = None
    group_filter: Text | None = None
    group_objectclass: Text = "groupOfNames"
    group_id_attribute: Text = "cn"
    group_name_attribute: Text = "ou"
    group_member_attribute: Text = "member"
    group_members_are_ids: bool = False
    group_desc_attribute: Text = "description"

    def __post_init__(self) -> None:
        urls = self.url.split(",")
        if len(urls) > MOST_URLS:
            raise ValueError(f"url: {MOST_URLS} servers at most")
        schemes = {server_of(url).scheme for url in urls}
        if self.use_tls and schemes != {"ldap"}:
            raise ValueError("use_tls: goes with ldap:// alone, as ldaps:// is encrypted from the start")
        if self.chase_referrals:
            raise ValueError("chase_referrals: referrals are not followed")
        if self.user is None and self.password:
            raise ValueError("password: is that of `user`, which is not set")
        for name in msgspec.structs.fields(type(self)):
            _check(name.name, getattr(self, name.name))

    @property
    def user_base(self) -> str:
        return self.user_tree_dn or f"ou=Users,{self.suffix}"

    @property
    def group_base(self) -> str:
        return self.group_tree_dn or f"ou=UserGroups,{self.suffix}"


def server_of(url: str) -> SplitResult:
    """Raises ValueError for anything but a scheme and a server."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("ldap", "ldaps", "ldapi"):
        raise ValueError("url: expected ldap://host, ldaps://host or ldapi://%2Fpath, with commas between several")
    rest = parts.path.rstrip("/") or parts.query or parts.fragment or parts.username or parts.password
    named = unquote(parts.netloc).startswith("/") if parts.scheme == "ldapi" else parts.hostname
    if rest or not named:
        raise ValueError("url: expected a server alone, without base, user or query")
    if parts.scheme != "ldapi":
        port_of(parts)
    return parts


def port_of(server: SplitResult) -> int:
    try:
        return server.port or (636 if server.scheme == "ldaps" else 389)
    except ValueError as error:
        raise ValueError("url: expected a port of 1 to 65535") from error


def _check(name: str, value: object) -> None:
    if not isinstance(value, str):
        return
    if name.endswith(("_attribute", "_objectclass")) and not ATTRIBUTE.fullmatch(value):
        raise ValueError(f"{name}: expected the name of an attribute or class, or an object identifier")
    if name.endswith("_filter"):
        try:
            LDAPFilter.from_string(value)
        except ValueError as error:
            raise ValueError(f"{name}: is no LDAP filter") from error
