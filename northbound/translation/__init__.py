"""From PostgreSQL to OVN: marks, the leader's one loop, drift, resync, port status, and waiting for all that.

Stores call `marks.mark`; routes call `settle`; a control process runs one `service.Translation`. Knows the slices only
through the table in `desired.py`. Source: decision 0001, "From PostgreSQL to OVN".
"""
