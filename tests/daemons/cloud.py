"""A whole cloud for the test run: `lab up` in a private state directory, with names and ports of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.lab.daemons.programs import run
from deploy.lab.state import CHECKOUT, DEFAULT_DIRECTORY, State
from tests.daemons.sandbox import sandbox

BUILD_GUEST_IMAGE = CHECKOUT / "deploy" / "lab" / "guest" / "build.sh"


@dataclass(frozen=True)
class Cloud:
    """`environment` is what sourcing the lab's `env` gives: OS_CLOUD, IMAGE, OUTSIDE, OVN_NB_DB and so on."""

    state: State
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        return self.state.url

    async def run(self, *argv: str, **variables: str) -> str:
        """Standard output of a program in the cloud's environment. Raises ProgramFailed."""
        settings = [f"{name}={value}" for name, value in {**self.environment, **variables}.items()]
        return await run(["env", *settings, *argv])

    async def openstack(self, *arguments: str, **variables: str) -> str:
        """What the client says, as administrator unless `variables` name someone else."""
        return await self.run("openstack", *arguments, **variables)

    async def outside(self, *argv: str) -> str:
        """Standard output of a program on the external side of the provider network."""
        return await self.run(*self.environment["OUTSIDE"].split(), *argv)

    async def lab(self, *arguments: str) -> str:
        """What `meridian lab` says about this cloud."""
        return await lab(self.state, *arguments)


async def lab(state: State, *arguments: str) -> str:
    """Standard output of a `meridian lab` command on the lab at `state`. Raises ProgramFailed."""
    command = [sys.executable, "-m", "deploy.lab", *arguments, "--state", str(state.directory)]
    return await run(["env", f"PYTHONPATH={CHECKOUT}", *command])


@pytest.fixture(scope="session")
async def guest_image() -> Path:
    """The lab's guest image, built unless it is there."""
    image = Path(os.environ.get("MERIDIAN_GUEST_IMAGE", DEFAULT_DIRECTORY / "images" / "guest.qcow2"))
    await run([str(BUILD_GUEST_IMAGE), str(image)])
    return image


@pytest.fixture(scope="session")
async def cloud(guest_image: Path) -> AsyncIterator[Cloud]:
    """A running cloud. Tests share it: each takes names, and a project where it matters, of its own."""
    with sandbox("cloud") as directory:
        state = State.at(directory / "state")
        await asyncio.to_thread(_provide_image, state, guest_image)
        try:
            await lab(state, "up")
            yield Cloud(state, await _read_environment(state))
        finally:
            await lab(state, "down", "--purge")


def _provide_image(state: State, image: Path) -> None:
    state.guest_image.parent.mkdir(parents=True)
    state.guest_image.symlink_to(image)


async def _read_environment(state: State) -> dict[str, str]:
    """What a shell exports after it sourced the lab's `env`."""
    names = ("OS_CLIENT_CONFIG_FILE", "OS_CLOUD", "IMAGE", "OUTSIDE", "OVN_NB_DB", "OVN_SB_DB", "PATH")
    shown = " ".join(f'"${name}"' for name in names)
    values = await run(["bash", "-c", f'source "$1" && printf "%s\\n" {shown}', "bash", str(state.env_file)])
    return dict(zip(names, values.splitlines(), strict=True))
