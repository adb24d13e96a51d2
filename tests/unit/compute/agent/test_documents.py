"""What a guest is told about itself, in OpenStack's and in EC2's layout."""

import base64
import json

from compute.agent.metadata.documents import find
from compute.messages import GuestData, Keypair
from tests.unit.compute.agent.desired_servers import a_server, an_address, an_interface

KEY = Keypair("mykey", "ssh-ed25519 AAAA me")


def text(server, path: str) -> str:
    return find(server, path).body.decode()


def test_meta_data_names_the_server_and_its_keys() -> None:
    server = a_server(hostname="web", guest=GuestData(keypairs=(KEY,), properties={"role": "db"}))
    document = json.loads(text(server, "/openstack/latest/meta_data.json"))
    assert document["uuid"] == str(server.id)
    assert document["hostname"] == "web"
    assert document["meta"] == {"role": "db"}
    assert document["public_keys"] == {"mykey": KEY.public_key}
    assert document["keys"] == [{"name": "mykey", "type": "ssh", "data": KEY.public_key}]


def test_dated_version_says_the_same_as_latest() -> None:
    server = a_server()
    dated = find(server, "/openstack/2018-08-27/meta_data.json")
    assert dated == find(server, "/openstack/latest/meta_data.json")


def test_user_data_is_given_as_the_tenant_wrote_it() -> None:
    script = b"#!/bin/sh\nexit 0\n\xff"
    server = a_server(guest=GuestData(user_data=base64.b64encode(script).decode()))
    assert find(server, "/openstack/latest/user_data").body == script
    assert find(server, "/latest/user-data").body == script


def test_server_without_user_data_has_no_such_document() -> None:
    assert find(a_server(), "/openstack/latest/user_data") is None
    assert "user_data" not in text(a_server(), "/openstack/latest/")


def test_network_data_follows_the_order_of_interfaces() -> None:
    first = an_interface(addresses=(an_address("10.50.0.7", dns_servers=("9.9.9.9",)),))
    second = an_interface(addresses=(an_address("fd00::7", cidr="fd00::/64", gateway=None),))
    document = json.loads(text(a_server(interfaces=(first, second)), "/openstack/latest/network_data.json"))
    assert [link["vif_id"] for link in document["links"]] == [str(first.port_id), str(second.port_id)]
    assert [network["type"] for network in document["networks"]] == ["ipv4", "ipv6"]
    assert document["networks"][0]["netmask"] == "255.255.0.0"
    assert document["networks"][0]["routes"][0]["gateway"] == "10.50.0.1"
    assert document["networks"][1]["routes"] == []
    assert document["services"] == [{"type": "dns", "address": "9.9.9.9"}]


def test_ec2_serves_one_value_per_path() -> None:
    server = a_server(guest=GuestData(keypairs=(KEY,)))
    assert text(server, "/latest/meta-data/local-ipv4") == "10.50.0.7"
    assert text(server, "/2009-04-04/meta-data/hostname") == "web"
    assert text(server, "/latest/meta-data/instance-id") == f"i-{server.id.hex[:8]}"
    assert text(server, "/latest/meta-data/public-keys/") == "0=mykey"
    assert text(server, "/latest/meta-data/public-keys/0/openssh-key") == KEY.public_key


def test_listings_mark_directories() -> None:
    server = a_server(guest=GuestData(keypairs=(KEY,)))
    assert "public-keys/" in text(server, "/latest/meta-data/").splitlines()
    assert "latest" in text(server, "/openstack").splitlines()
    assert "meta_data.json" in text(server, "/openstack/latest").splitlines()


def test_unknown_path_is_nothing() -> None:
    for path in ("/openstack/1999-01-01/meta_data.json", "/latest/meta-data/hostname/more", "/latest/../etc/passwd"):
        assert find(a_server(), path) is None
