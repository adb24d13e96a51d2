"""Load balancers on real daemons."""
