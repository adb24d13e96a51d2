"""What the time of a refused login tells, and what many revocations cost.

Logins of a name that nobody has, of an account with a wrong password, and of a closed account with the right one, by
turns, on a cloud that counts failures: two kinds are told apart when a Kolmogorov-Smirnov test finds them different
(p below 0.01). Then a token is validated before and after a hundred thousand revocations of others.
"""

import asyncio
import math
import random
import time
from collections.abc import Sequence

from runtime.database import DatabaseSettings, open_session
from tests.scale.ground import PASSWORD, Ground
from tests.scale.load import render
from tests.scale.options import Options
from tests.scale.report import budget, line, title

SAMPLES = 1000
LEAST_P = 0.01
REVOCATIONS = 100_000
VALIDATIONS = 3000
RULES = """
account_failures = 0
address_failures = 0
[identity.passwords]
lockout_failure_attempts = 5
"""
REVOKE = """
INSERT INTO identity.revocations (subject, issued_before, expires_at)
SELECT 'user/' || md5(number::text), now(), now() + interval '1 day' FROM generate_series(1, $1) AS number
"""


class Line:
    """One connection, kept, over which requests go one at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: bytes) -> tuple[int, float, bytes]:
        """(status, seconds, body)"""
        started = time.perf_counter()
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
        body = await self._reader.readexactly(int(length or 0))
        return int(head.split()[1]), time.perf_counter() - started, body


async def measure(ground: Ground, _options: Options) -> None:
    settings = ground.directory / "control.toml"
    text = settings.read_text()
    keys = f'key_directory = "{ground.directory}/keys"\n'
    settings.write_text(text.replace(keys, keys + RULES))
    await ground.restart_control()
    connection = Line(*await asyncio.open_connection("127.0.0.1", ground.port))
    await _refusals(ground, connection)
    await _revocations(ground, connection)


async def _refusals(ground: Ground, connection: Line) -> None:
    title(f"{SAMPLES} refused logins of each kind, by turns")
    for name in ("open", "closed"):
        body = {"user": {"name": name, "password": PASSWORD, "options": _exempt(name)}}
        status, _, _ = await connection.ask(render("POST", "/identity/v3/users", ground.token, body))
        assert status == 201
    for _ in range(6):
        await connection.ask(_login("closed", "wrong"))
    taken: dict[str, list[float]] = {"nobody": [], "wrong password": [], "closed account": []}
    for number in range(SAMPLES):
        kinds = [
            ("nobody", _login(f"nobody {number}", PASSWORD)),
            ("wrong password", _login("open", "wrong")),
            ("closed account", _login("closed", PASSWORD)),
        ]
        random.shuffle(kinds)
        for kind, request in kinds:
            status, seconds, _ = await connection.ask(request)
            assert status == 401, kind
            taken[kind].append(seconds)
    for kind, seconds in taken.items():
        line(kind, f"p50 {_quantile(seconds, 0.5):.2f} ms  p99 {_quantile(seconds, 0.99):.2f} ms")
    for kind in ("wrong password", "closed account"):
        p = same_distribution(taken["nobody"], taken[kind])
        budget(f"nobody and {kind}: KS p", p, LEAST_P, at_least=True)


async def _revocations(ground: Ground, connection: Line) -> None:
    title(f"a token validated {VALIDATIONS} times, before and after {REVOCATIONS} revocations")
    before = await _validations(ground, connection)
    session = await open_session(DatabaseSettings(host=str(ground.postgres.directory)))
    try:
        await session.execute(REVOKE, REVOCATIONS)
    finally:
        await session.close()
    other = ground.token
    await ground.sign_in()
    # Whoever ends a token has read all revocations when it is answered.
    ending = _about(render("DELETE", "/identity/v3/auth/tokens", ground.token), other)
    assert (await connection.ask(ending))[0] == 204
    after = await _validations(ground, connection)
    budget("p99 after to before", after / before, 1.2)


async def _validations(ground: Ground, connection: Line) -> float:
    """The p99 in milliseconds."""
    request = _about(render("GET", "/identity/v3/auth/tokens?nocatalog", ground.token), ground.token)
    taken = []
    for _ in range(VALIDATIONS):
        status, seconds, _ = await connection.ask(request)
        assert status == 200
        taken.append(seconds)
    line("validated", f"p50 {_quantile(taken, 0.5):.2f} ms  p99 {_quantile(taken, 0.99):.2f} ms")
    return _quantile(taken, 0.99)


def _about(request: bytes, token: str) -> bytes:
    """The request with the token that it is about."""
    return request.replace(b"Accept:", f"X-Subject-Token: {token}\r\nAccept:".encode(), 1)


def _exempt(name: str) -> dict[str, bool]:
    """The open account stays open, whatever is guessed."""
    return {"ignore_lockout_failure_attempts": True} if name == "open" else {}


def _login(name: str, password: str) -> bytes:
    user = {"name": name, "password": password, "domain": {"id": "default"}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
    return render("POST", "/identity/v3/auth/tokens", "", {"auth": auth})


def _quantile(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def same_distribution(left: Sequence[float], right: Sequence[float]) -> float:
    """The p of the two-sample Kolmogorov-Smirnov test, by its asymptotic distribution."""
    merged = sorted([(value, 1 / len(left)) for value in left] + [(value, -1 / len(right)) for value in right])
    gap = distance = 0.0
    for _, step in merged:
        gap += step
        distance = max(distance, abs(gap))
    effective = math.sqrt(len(left) * len(right) / (len(left) + len(right)))
    reach = (effective + 0.12 + 0.11 / effective) * distance
    total = sum((-1) ** (k - 1) * math.exp(-2 * k * k * reach * reach) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * total))
