"""What the tests of load balancing start from."""

import pytest

from tests.real.northbound.api import NetworkApi
from tests.real.northbound.balancing.api import Balancing, Ground, lay_ground


@pytest.fixture
def balancing(api: NetworkApi) -> Balancing:
    return Balancing(api)


@pytest.fixture
async def ground(api: NetworkApi) -> Ground:
    return await lay_ground(api)
