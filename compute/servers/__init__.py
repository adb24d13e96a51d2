"""Servers: what tenants asked for, from the request to the desired state that an agent is told.

A request that changes a server is one transaction: the row with its next `generation`, ports, quota, placement, and a
task (`writes.changing` opens it and wakes the runner after its commit). The task's steps tell the agent, wait for what
it observes, and end by calling `lifecycle`.

    server.py states.py hostname.py host_id.py               values and words                      (pure)
    schema.py access.py routes.py action_routes.py metadata_routes.py    the edge of HTTP
    create.py requirements.py networking.py refusals.py      making servers, in one transaction
    changes.py groups.py                                     every later change
    lifecycle.py                                             what a task's steps write
    desired.py desired_rows.py                               rows -> compute.messages.DesiredServer
    listing.py overview.py render.py                         reading servers
    console.py                                               asking a host for a console
"""
