"""SSH keys: what is taken, their fingerprint, and new ones."""

import pytest
from cryptography.hazmat.primitives import serialization

from compute.keypairs.keys import KeyPair, check_public_key, fingerprint, generate
from compute.keypairs.schema import KeypairDraft, check_draft
from runtime.errors import BadRequest

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQu5S8xJ5g0K3m1r3Ck0F4C9l3i8u8zqV0g7m0cT1pN alice@laptop"
MD5 = "e9:f2:35:66:e4:0c:16:0e:d1:c5:0e:75:79:3e:93:14"


def test_public_key_is_one_line_without_space_around() -> None:
    assert check_public_key(f"  {ED25519}\n") == ED25519


@pytest.mark.parametrize(
    "text", ["", "ssh-rsa", "ssh-ed25519 AAAA", "not a key", f"{ED25519}\n{ED25519}", f"{ED25519}\x07", "ssh-rsa !!!"]
)
def test_what_ssh_would_not_load_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="public_key"):
        check_public_key(text)


def test_fingerprint_is_the_md5_that_clients_compare() -> None:
    assert fingerprint(ED25519) == MD5


def test_generated_pair_fits_together_and_does_not_print_its_secret() -> None:
    pair = generate()
    private = serialization.load_pem_private_key(pair.private_key.encode(), None)
    public = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    assert check_public_key(pair.public_key).startswith(public.decode())
    assert "PRIVATE" not in repr(KeyPair(pair.public_key, pair.private_key))


@pytest.mark.parametrize(
    ("name", "minor", "fine"), [("a-b_c d", 1, True), ("a@b", 91, False), ("a@b.c", 92, True), (" a", 92, False)]
)
def test_names_follow_the_microversion(name: str, minor: int, fine: bool) -> None:
    draft = KeypairDraft(name=name, public_key=ED25519)
    if fine:
        check_draft(draft, minor)
    else:
        with pytest.raises(BadRequest, match=r"keypair\.name"):
            check_draft(draft, minor)


def test_key_is_required_since_2_92() -> None:
    check_draft(KeypairDraft(name="a"), 91)
    with pytest.raises(BadRequest, match="public_key is required"):
        check_draft(KeypairDraft(name="a"), 92)
