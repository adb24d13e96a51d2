"""Port forwardings: ports of a floating IP that lead to ports of the guests behind a router. Builds on floating IPs."""
