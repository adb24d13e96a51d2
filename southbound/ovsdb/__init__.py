"""Our asyncio OVSDB client: connection, session, replica, and rows with their difference.

    plan -> rows.Row -> difference (pure) -> apply (group commit) -> session -> ovsdb-server
    ovsdb-server -> session -> replica (registered columns only) -> who listens for changes

Knows the protocol (RFC 7047 and ovsdb-server's monitor_cond_since); of OVN only which keys and maps are ours
(`difference.py`).
"""
