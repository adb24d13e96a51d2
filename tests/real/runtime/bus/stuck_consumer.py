"""A process that receives one message, says so on standard output, and never finishes handling it."""

import asyncio
import sys

from runtime.bus.amqp import AmqpBus
from runtime.bus.interface import Message
from runtime.bus.websocket_client import WebSocketClient
from tests.real.runtime.bus.transports import SMALL


async def main(kind: str, url: str, host: str, topic: str) -> None:
    async def token() -> str:
        return host

    async def handle(message: Message) -> None:
        print("handling", message.key, flush=True)
        await asyncio.Event().wait()

    bus = WebSocketClient(url, token, limits=SMALL) if kind == "websocket" else AmqpBus(url, limits=SMALL)
    await bus.consume(topic, handle)
    await bus.open()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
