"""Names of ports, which OVN resolves for the guests of their network. Ports show them; the translation plans them."""
