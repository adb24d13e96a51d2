"""Choosing addresses: MACs, interface identifiers, pools and the next free IP."""
