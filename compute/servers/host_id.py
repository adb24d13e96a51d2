"""The `hostId` that tenants see instead of a host's name. Pure."""

import hashlib
import hmac


def host_id_of(host_key: str, project_id: str) -> str:
    """56 hex digits: the same for two servers of one project on one host, and for nobody else.

    The key is the host's random id, which only administrators can read, so that a tenant can neither compute the
    value of a known host name nor compare it with another project's.
    """
    return hmac.new(host_key.encode(), project_id.encode(), hashlib.sha224).hexdigest()
