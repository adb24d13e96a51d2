"""Listeners: a port of a load balancer, and the pool that serves it."""
