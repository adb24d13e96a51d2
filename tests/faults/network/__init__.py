"""Faults under the network API: PostgreSQL, OVN's northbound cluster and control are killed and paused during writes."""
