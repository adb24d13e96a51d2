"""Floating IP pools: the subnets of which floating IPs are given out. Nothing is kept; builds on networks."""
