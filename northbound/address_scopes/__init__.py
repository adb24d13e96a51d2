"""Address scopes: ranges of addresses that are unique among themselves and may be routed without translation."""
