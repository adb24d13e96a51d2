"""Ports whose cards bypass the integration bridge (SR-IOV, bare metal), and the chassis that answer for them."""
