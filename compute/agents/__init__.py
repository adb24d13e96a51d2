"""Control's side of the agents: what they report goes into rows, and rows that they do not hold yet go out to them.

    peers.py         which bus topics an agent may use, and which host it speaks for
    application.py   the route by which agents connect to the WebSocket bus
    reports.py       a report into rows; what differs is answered at once
    differences.py   which servers to answer with        (pure)
    dispatch.py      desired states onto the bus, by signal and again by timer
    backlog.py       when to send again                   (pure)

Nothing here remembers anything that the database does not: any control process may handle any report.
"""
