"""Flavors: the sizes that a server may have, and what their extra specs ask of a host."""
