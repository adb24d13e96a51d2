"""Members of pools: an address and a port that serve."""
