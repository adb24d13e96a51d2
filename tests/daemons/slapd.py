"""A private OpenLDAP directory for the whole test run, on loopback ports; each test has a subtree of its own."""

import asyncio
import datetime
import ipaddress
import itertools
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.programs import run
from tests.daemons.sandbox import free_port, sandbox

SUFFIX = "dc=corp,dc=example"
ROOT, ROOT_PASSWORD = f"cn=root,{SUFFIX}", "the root's password"
READER, READER_PASSWORD = f"cn=reader,{SUFFIX}", "the reader's password"
MOST_SHOWN = 500
"""Entries in one answer, as slapd has it by itself; pages get round it."""
CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {directory}/slapd.pid
TLSCACertificateFile {directory}/ca.pem
TLSCertificateFile {directory}/server.pem
TLSCertificateKeyFile {directory}/server.key
database mdb
suffix "{suffix}"
rootdn "{root}"
rootpw "{root_password}"
directory {directory}/data
maxsize 67108864
dbnosync
limits dn.exact="{reader}" size.soft={most} size.hard={most} size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
"""


class Slapd(Daemon):
    name = "slapd"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.port, self.tls_port = free_port(), free_port()

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://127.0.0.1:{self.tls_port}"

    @property
    def socket_url(self) -> str:
        return "ldapi://" + str(self.directory / "ldapi").replace("/", "%2F")

    @property
    def ca_path(self) -> Path:
        return self.directory / "ca.pem"

    async def prepare(self) -> None:
        if (self.directory / "slapd.conf").exists():
            return
        (self.directory / "data").mkdir()
        make_certificates(self.directory)
        text = CONFIGURATION.format(
            directory=self.directory,
            most=MOST_SHOWN,
            suffix=SUFFIX,
            root=ROOT,
            root_password=ROOT_PASSWORD,
            reader=READER,
        )
        (self.directory / "slapd.conf").write_text(text)

    def command(self) -> list[str]:
        urls = f"{self.url} {self.tls_url} {self.socket_url}"
        return ["/usr/sbin/slapd", "-f", str(self.directory / "slapd.conf"), "-h", urls, "-d", "0"]

    async def is_ready(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port, family=socket.AF_INET)
        except ConnectionRefusedError:
            return False
        writer.close()
        return True

    async def apply(self, ldif: str) -> None:
        """Makes the changes that the text says; entries without a `changetype` are added."""
        path = self.directory / "changes.ldif"
        path.write_text(ldif)
        environment = ["env", "LDAPNOINIT=1"]
        bind = ["-x", "-H", self.url, "-D", ROOT, "-w", ROOT_PASSWORD, "-f", str(path)]
        await run([*environment, "ldapmodify", "-a", *bind])


def make_certificates(directory: Path) -> None:
    """ca.pem, and server.pem with server.key for 127.0.0.1 by it."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("the tests' own", ca_key, "the tests' own", ca_key, is_ca=True)
    server = _certificate("the tests' own", ca_key, "127.0.0.1", key, is_ca=False)
    (directory / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (directory / "server.pem").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    with open(os.open(directory / "server.key", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write(key.private_bytes(*form))


def _certificate(issuer: str, issuer_key: Any, subject: str, key: Any, *, is_ca: bool) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if not is_ca:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(subject))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="session")
async def slapd() -> AsyncIterator[Slapd]:
    with sandbox("slapd") as directory:
        server = Slapd(directory)
        try:
            await server.start()
            await server.apply(
                f"dn: {SUFFIX}\nobjectClass: domain\ndc: corp\n\n"
                f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
                f"cn: reader\nuserPassword: {READER_PASSWORD}\n"
            )
            yield server
        finally:
            await server.stop()


NUMBERS = itertools.count(1)


@dataclass
class Corp:
    """People and groups in a subtree of their own. People are enabled by employeeType."""

    slapd: Slapd
    base: str = field(default_factory=lambda: f"ou=corp{next(NUMBERS)},{SUFFIX}")

    @property
    def options(self) -> dict[str, Any]:
        """How the subtree is asked, as a domain's configuration says it."""
        return {
            "url": self.slapd.url,
            "user": READER,
            "password": READER_PASSWORD,
            "suffix": self.base,
            "user_tree_dn": f"ou=people,{self.base}",
            "user_id_attribute": "uid",
            "user_name_attribute": "uid",
            "user_enabled_attribute": "employeeType",
            "group_tree_dn": f"ou=groups,{self.base}",
            "group_name_attribute": "cn",
        }

    async def open(self) -> None:
        unit = "objectClass: organizationalUnit\n\n"
        await self.slapd.apply(
            f"dn: {self.base}\n{unit}dn: ou=people,{self.base}\n{unit}dn: ou=groups,{self.base}\n{unit}"
        )

    def person(self, uid: str) -> str:
        return f"uid={uid},ou=people,{self.base}"

    def group(self, cn: str) -> str:
        return f"cn={cn},ou=groups,{self.base}"

    async def add_person(self, uid: str, password: str = "secret", **attributes: str) -> None:
        values = {"cn": uid, "sn": uid, "userPassword": password, **attributes}
        lines = "".join(f"{name}: {value}\n" for name, value in values.items() if value)
        await self.slapd.apply(f"dn: {self.person(uid)}\nobjectClass: inetOrgPerson\nuid: {uid}\n{lines}")

    async def add_group(self, cn: str, *uids: str) -> None:
        members = "".join(f"member: {self.person(uid)}\n" for uid in uids)
        await self.slapd.apply(f"dn: {self.group(cn)}\nobjectClass: groupOfNames\n{members}")

    async def change(self, dn: str, *lines: str) -> None:
        """One modification: `replace: mail`, `mail: a@b`."""
        await self.slapd.apply("\n".join([f"dn: {dn}", "changetype: modify", *lines, ""]))

    async def remove(self, dn: str) -> None:
        await self.slapd.apply(f"dn: {dn}\nchangetype: delete\n")


@pytest.fixture
async def corp(slapd: Slapd) -> Corp:
    """A company with rose, bill and a group of rose's."""
    found = Corp(slapd)
    await found.open()
    await found.add_person("rose", "rose's password", mail="rose@corp.example")
    await found.add_person("bill", "bill's password")
    await found.add_group("florists", "rose")
    return found
