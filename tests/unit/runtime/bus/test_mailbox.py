"""The bounded mailbox behind both transports."""

import pytest

from runtime.bus.interface import Limits, Statistics
from runtime.bus.mailbox import Letter, Mailbox


class Box:
    """A small mailbox with its statistics and the keys that it let go of."""

    def __init__(self, **limits: int) -> None:
        self.statistics = Statistics()
        self.gone: list[str] = []
        self.mailbox = Mailbox(Limits(**{"queued_messages": 3, "attempts": 2} | limits), self.statistics)

    def put(self, *keys: str, sender: str = "", body: bytes = b"") -> None:
        for key in keys:
            self.mailbox.put(Letter("t", key, body, sender, on_settled=lambda key=key: self.gone.append(key)))

    async def take(self, count: int = 1) -> list[Letter]:
        return [await self.mailbox.take() for _ in range(count)]

    async def keys(self) -> list[str]:
        return [letter.key for letter in await self.take(len(self.mailbox))]


@pytest.fixture
def box() -> Box:
    return Box()


async def test_letters_leave_in_order_of_arrival(box: Box):
    box.put("a", "b", "c")
    assert await box.keys() == ["a", "b", "c"]


async def test_full_mailbox_drops_its_oldest(box: Box):
    box.put("a", "b", "c", "d")
    assert await box.keys() == ["b", "c", "d"]
    assert box.gone == ["a"]
    assert box.statistics.dropped_mailbox_full == 1


async def test_bytes_fill_a_mailbox_too():
    box = Box(queued_bytes=10)
    box.put("a", "b", body=b"123456")
    assert await box.keys() == ["b"]


async def test_later_letter_supersedes_a_waiting_one_of_its_key(box: Box):
    box.put("a", "b", "a")
    assert await box.keys() == ["b", "a"]
    assert box.gone == ["a"]


async def test_senders_cannot_supersede_each_other(box: Box):
    box.put("a", sender="one")
    box.put("a", sender="two")
    assert await box.keys() == ["a", "a"]


async def test_settled_letter_is_gone_once(box: Box):
    box.put("a")
    (letter,) = await box.take()
    assert box.mailbox.settle(letter.number) is True
    assert box.mailbox.settle(letter.number) is False
    assert box.gone == ["a"]
    assert len(box.mailbox) == 0


async def test_returned_letters_wait_in_front_in_their_old_order(box: Box):
    box.put("a", "b", "c")
    await box.take(2)
    box.mailbox.return_all()
    assert await box.keys() == ["a", "b", "c"]


async def test_returned_letter_yields_to_a_newer_one_of_its_key(box: Box):
    box.put("a")
    await box.take()
    box.put("a")
    box.mailbox.return_all()
    assert await box.keys() == ["a"]
    assert box.gone == ["a"]


async def test_letter_whose_consumers_keep_dying_is_dropped(box: Box):
    box.put("poison")
    for _ in range(2):
        await box.take()
        box.mailbox.return_all()
    assert len(box.mailbox) == 0
    assert box.gone == ["poison"]
    assert box.statistics.dropped_attempts_spent == 1
