"""An ovsdb-server with one database behind one unix socket; NB, SB and Open vSwitch are three of them.

A standalone server does not sync its file to disk: a machine that loses power may come back with an older database.
"""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.programs import run


class OvsdbServer(Daemon):
    """Serves `database` (made from `schema` when missing, with `first_rows`: table -> columns of its one row)."""

    def __init__(
        self,
        name: str,
        database: str,
        schema: Path,
        directory: Path,
        log_directory: Path | None = None,
        first_rows: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        self.name = name
        super().__init__(directory, log_directory)
        self.database = database
        self.schema = schema
        self.first_rows = first_rows or {}
        self.file = directory / f"{name}.db"
        self.socket = directory / f"{name}.sock"
        self.control_socket = directory / f"{name}.ctl"

    @property
    def remote(self) -> str:
        """The database as `ovn-nbctl --db` and its relatives take it."""
        return f"unix:{self.socket}"

    async def prepare(self) -> None:
        if self.file.exists():
            return
        made = self.file.with_suffix(".new")
        made.unlink(missing_ok=True)
        await run(["ovsdb-tool", "create", str(made), str(self.schema)])
        inserts = [{"op": "insert", "table": table, "row": row} for table, row in self.first_rows.items()]
        await run(["ovsdb-tool", "transact", str(made), json.dumps([self.database, *inserts])])
        made.rename(self.file)

    def command(self) -> list[str]:
        return [
            "ovsdb-server",
            "--no-chdir",
            "-vsyslog:off",
            "-vconsole:info",
            f"--unixctl={self.control_socket}",
            f"--remote=punix:{self.socket}",
            str(self.file),
        ]

    async def is_ready(self) -> bool:
        try:
            return self.database in await self.ask("list_dbs", [])
        except (FileNotFoundError, ConnectionError):
            return False

    async def rows(self, table: str) -> list[dict[str, object]]:
        """Every row of `table`, in OVSDB's JSON notation."""
        (result,) = await self.transact({"op": "select", "table": table, "where": []})
        return result["rows"]

    async def transact(self, *operations: Mapping[str, object]) -> list[dict]:
        """The results of `operations`, one each, committed together."""
        return await self.ask("transact", [self.database, *operations])

    async def ask(self, method: str, parameters: list[object]) -> list:
        """The answer to one request of RFC 7047. Raises OSError when nobody answers."""
        reader, writer = await asyncio.open_unix_connection(str(self.socket))
        try:
            writer.write(json.dumps({"id": 0, "method": method, "params": parameters}).encode())
            decoder, received = json.JSONDecoder(), ""
            while chunk := await reader.read(65536):
                received += chunk.decode()
                try:
                    answer, _ = decoder.raw_decode(received)
                except json.JSONDecodeError:
                    continue
                return answer["result"]
            raise ConnectionResetError(f"{self.name} closed the connection")
        finally:
            writer.close()
