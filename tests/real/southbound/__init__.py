"""The OVSDB client against real ovsdb-servers."""
