"""OpenStack's own command line client, unmodified, as the tests type into it."""
