"""From rows to the message that tells an agent what its server should be. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from compute.messages import (
    Address,
    DesiredServer,
    Flavor,
    GuestData,
    Image,
    Interface,
    Keypair,
    MetadataPort,
)
from compute.servers.server import ImageCopy, Server
from northbound.ports.wiring import MetadataWiring, Wiring


def assemble(
    server: Server,
    *,
    zone: str,
    wirings: Sequence[Wiring],
    metadata: Mapping[str, MetadataWiring],
    group_names: Sequence[str],
    request_id: str | None = None,
) -> DesiredServer:
    """The whole desired state of `server`.

    `wirings` are its cards in the guest's order; `metadata` maps a network's id to its metadata port, where it has
    one; `zone` is the availability zone of the host.
    """
    networks = dict.fromkeys(wiring.network_id for wiring in wirings)
    return DesiredServer(
        id=UUID(server.id),
        generation=server.generation,
        project_id=server.project_id,
        user_id=server.user_id,
        name=server.name,
        hostname=server.hostname,
        power=server.desired_power,
        boot_serial=server.boot_serial,
        boot_kind=server.boot_kind,
        flavor=Flavor(server.flavor.vcpus, server.flavor.ram_mb, server.flavor.disk_gb),
        image=_image(server.image),
        interfaces=tuple(_interface(wiring) for wiring in wirings),
        metadata_ports=tuple(_metadata_port(metadata[network]) for network in networks if network in metadata),
        guest=GuestData(
            keypairs=_keypairs(server),
            user_data=server.user_data,
            properties=server.metadata,
            availability_zone=zone,
            security_groups=tuple(group_names),
        ),
        request_id=request_id,
    )


def _image(image: ImageCopy) -> Image:
    return Image(UUID(image.id), image.disk_format, image.size_bytes, image.sha512)


def _interface(wiring: Wiring) -> Interface:
    addresses = tuple(
        Address(UUID(address.subnet_id), address.ip, address.cidr, address.gateway, tuple(address.dns_servers))
        for address in wiring.addresses
    )
    return Interface(UUID(wiring.port_id), UUID(wiring.network_id), wiring.mac, wiring.mtu, addresses, wiring.secured)


def _metadata_port(wiring: MetadataWiring) -> MetadataPort:
    return MetadataPort(UUID(wiring.network_id), UUID(wiring.port_id), wiring.mac, wiring.mtu, tuple(wiring.ips))


def _keypairs(server: Server) -> tuple[Keypair, ...]:
    if server.public_key is None:
        return ()
    return (Keypair(server.key_name or "", server.public_key),)
