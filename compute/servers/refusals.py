"""How errors of other slices read when an id in the body of a compute request caused them."""

from collections.abc import Iterator
from contextlib import contextmanager

from compute.quotas.problems import QuotaExceeded
from northbound.ports.errors import IpAddressGenerationFailure, IpAddressInUse
from runtime.errors import BadRequest, NotFound, OverQuota


@contextmanager
def naming_body_ids() -> Iterator[None]:
    """Turns NotFound of an id in the body into BadRequest, and northbound's quota into compute's.

    What the caller may not see reads like what does not exist: the message holds the id that was sent, and no more.
    """
    try:
        yield
    except (NotFound, IpAddressInUse, IpAddressGenerationFailure) as error:
        raise BadRequest(error.message) from error
    except OverQuota as error:
        raise QuotaExceeded(error.message) from error
