"""What the scheduler looks at: every host as it is now, and what one server wants."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from runtime.database import Connection, queries

SQL = queries(Path(__file__).with_name("queries.sql"))
LARGEST_FLEET = 10_000


class Size(Struct, frozen=True):
    """What a server takes of its host."""

    vcpus: int
    ram_mb: int
    disk_gb: int


class Host(Struct, frozen=True, kw_only=True):
    """One hypervisor. `total` is what may be given away, overcommitment included."""

    name: str
    availability_zone: str
    enabled: bool
    report_age_s: float
    total: Size
    used: Size
    hypervisor_type: str
    hypervisor_version: int
    hypervisor_hostname: str
    architecture: str

    @property
    def free(self) -> Size:
        return Size(
            self.total.vcpus - self.used.vcpus,
            self.total.ram_mb - self.used.ram_mb,
            self.total.disk_gb - self.used.disk_gb,
        )


class Wish(Struct, frozen=True, kw_only=True):
    """What one server wants of its host. `host` and `availability_zone` None: any will do."""

    size: Size
    availability_zone: str | None = None
    host: str | None = None
    image_properties: Mapping[str, str] = {}
    extra_specs: Mapping[str, str] = {}


async def read_hosts(conn: Connection) -> list[Host]:
    """Every host of the cloud, up to LARGEST_FLEET."""
    return [
        Host(
            name=row["name"],
            availability_zone=row["availability_zone"],
            enabled=row["enabled"],
            report_age_s=row["report_age_s"],
            total=Size(
                int(row["vcpus"] * row["vcpus_ratio"]),
                int(row["ram_mb"] * row["ram_ratio"]),
                int(row["disk_gb"] * row["disk_ratio"]),
            ),
            used=Size(row["vcpus_used"], row["ram_used_mb"], row["disk_used_gb"]),
            hypervisor_type=row["hypervisor_type"],
            hypervisor_version=row["hypervisor_version"],
            hypervisor_hostname=row["hypervisor_hostname"],
            architecture=row["architecture"],
        )
        async for row in SQL.select_hosts(conn, most=LARGEST_FLEET)
    ]
