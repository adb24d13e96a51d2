"""From a message to its handler: one at a time per topic, again after a failure, given up after enough of them."""

import asyncio

import structlog

from runtime.bus.backoff import pauses
from runtime.bus.interface import Handler, Limits, Message, Statistics
from runtime.bus.mailbox import Letter, Mailbox
from runtime.cancellation import run_apart

log = structlog.get_logger(__name__)


async def handle_until_done(message: Message, handler: Handler, limits: Limits, statistics: Statistics) -> None:
    """Run the handler until it returns; what it raises is logged and tried again up to `limits.attempts` in all.

    Later messages of the topic wait meanwhile, so their order is kept and a handler whose database is away is not
    flooded. Returns in every case but cancellation: the message may then be acknowledged.
    """
    waits = pauses(limits.retry_first_s, limits.retry_longest_s)
    for attempt in range(message.attempt, limits.attempts + 1):
        delivery = Message(message.topic, message.key, message.body, message.sender, attempt)
        try:
            await run_apart(handler(delivery))
        except Exception:
            statistics.failed_attempts += 1
            log.exception("bus handler failed", topic=message.topic, key=message.key, attempt=attempt)
            if attempt < limits.attempts:
                await asyncio.sleep(next(waits))
        else:
            statistics.handled += 1
            return
    statistics.dropped_attempts_spent += 1
    log.error("bus message dropped, its handler kept failing", topic=message.topic, key=message.key)


async def handle_mailbox(mailbox: Mailbox, handler: Handler, limits: Limits, statistics: Statistics) -> None:
    """Handle the letters of a mailbox, one after the other, until cancelled."""
    while True:
        letter: Letter = await mailbox.take()
        await handle_until_done(letter.message(), handler, limits, statistics)
        mailbox.settle(letter.number)
