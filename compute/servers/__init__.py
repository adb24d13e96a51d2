"""Servers: what tenants asked for, from the request to the desired state that an agent is told.

A request that changes a server is one transaction: the row with its next `generation`, ports, quota, placement, and a
task. The task's steps tell the agent, wait for what it observes, and end by calling `lifecycle`.

    server.py states.py          the row, and the words that tenants see      (pure)
    create.py requirements.py networking.py hostname.py      making servers
    changes.py                   every later change: power, boot, interfaces, deletion
    lifecycle.py                 what a task's steps and the agents' reports write
    desired.py                   rows -> compute.messages.DesiredServer
    listing.py overview.py render.py      reading servers
"""
