"""Filters of the ports list that look beyond the port's own row."""

from collections import defaultdict

from multidict import MultiMapping

from runtime.attributes import is_uuid
from runtime.errors import BadRequest
from runtime.web.listing import Where

WORDS = frozenset({"fixed_ips", "security_groups", "security_group_ids"})

ADDRESS_WORDS = ("subnet_id", "ip_address", "ip_address_substr")


def filter_ports(where: Where, query: MultiMapping[str]) -> None:
    """`fixed_ips=subnet_id=...`, `fixed_ips=ip_address=...` or a part of one (one address fits all), `security_groups=<id>`."""
    if wanted := query.getall("fixed_ips", []):
        _filter_fixed_ips(where, wanted)
    for word in ("security_groups", "security_group_ids"):
        if groups := query.getall(word, []):
            where.add(
                "EXISTS (SELECT FROM northbound.port_security_groups m WHERE m.port_id = p.id"
                " AND m.security_group_id = ANY({}::uuid[]))",
                [group for group in groups if is_uuid(group)],
            )


def _filter_fixed_ips(where: Where, texts: list[str]) -> None:
    words: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        word, separator, value = text.partition("=")
        if not separator or word not in ADDRESS_WORDS or "\x00" in value:
            raise BadRequest(f"Invalid input for fixed_ips: expected one of {', '.join(ADDRESS_WORDS)}, and =<value>.")
        words[word].append(value)
    conditions, values = ["f.port_id = p.id"], []
    if "subnet_id" in words:
        conditions.append("f.subnet_id = ANY({}::uuid[])")
        values.append([value for value in words["subnet_id"] if is_uuid(value)])
    if "ip_address" in words:
        conditions.append("host(f.ip) = ANY({}::text[])")
        values.append(words["ip_address"])
    if "ip_address_substr" in words:
        conditions.append("EXISTS (SELECT FROM unnest({}::text[]) AS part WHERE strpos(host(f.ip), part) > 0)")
        values.append(words["ip_address_substr"])
    where.add(f"EXISTS (SELECT FROM northbound.fixed_ips f WHERE {' AND '.join(conditions)})", *values)
