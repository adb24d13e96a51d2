"""The network API's stores and translation on real PostgreSQL and OVN."""
