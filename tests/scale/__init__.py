"""How fast and how large: a real cloud of processes from this checkout, driven over HTTP, beside its ceilings.

`python -m tests.scale` says what there is to measure. Nothing here is collected by pytest: figures are printed with
the budget that they answer to, and judged by who reads them, because the machine is never the same twice.

    ground.py    the daemons and control processes       load.py     the clients, and what they saw
    ceiling.py   what this machine could do at best      report.py   how figures are printed
"""
