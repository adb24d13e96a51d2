"""QoS policies: sets of rules that ports, networks, floating IPs and gateways follow. A policy's rules are `qos_rules`'."""
