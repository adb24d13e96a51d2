"""Load balancers, their VIPs, and the ports that hold them."""
