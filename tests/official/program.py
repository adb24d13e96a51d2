"""Runs commands of the `openstack` client, each in a child process of its own, as its own program runs one.

A command is a line of JSON on standard input, {"environ": {...}, "arguments": [...]}; its answer a line on standard
output, {"code": 0, "out": "...", "err": "..."}. Importing the client takes longer than most commands do, so it is done
once; what a command leaves in memory (clients, endpoints, log handlers) ends with its child.
"""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import entry_points

from openstackclient.shell import OpenStackShell

PLUGINS = ("openstack.cli.base", "openstack.cli.extension")


def main() -> None:
    for group in PLUGINS:
        for plugin in entry_points(group=group):
            plugin.load()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            print(json.dumps(run(**json.loads(line))), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


def run(environ: dict[str, str], arguments: list[str]) -> dict[str, object]:
    os.environ.clear()
    os.environ.update(environ)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = OpenStackShell().run(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return {"code": code, "out": out.getvalue().strip(), "err": err.getvalue().strip()}


if __name__ == "__main__":
    main()
