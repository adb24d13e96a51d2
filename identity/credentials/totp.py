"""One-time passcodes by time (RFC 6238: SHA-1, six digits, steps of 30 s). Pure."""

import base64
import binascii
import hashlib
import hmac

STEP_S = 30
DIGITS = 6
STEPS_BACK = 1


def matching_step(seed: str, passcode: str, now_s: float, used_step: int) -> int | None:
    """The time step whose passcode was given: the present or the last one, and none that was used already."""
    try:
        key = base64.b32decode(seed.upper() + "=" * (-len(seed) % 8))
    except (binascii.Error, ValueError):
        return None
    given = passcode.encode(errors="surrogatepass")
    present = int(now_s) // STEP_S
    steps = range(present, max(present - STEPS_BACK, used_step + 1) - 1, -1)
    return next((step for step in steps if hmac.compare_digest(passcode_at(key, step).encode(), given)), None)


def passcode_at(key: bytes, step: int) -> str:
    digest = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
