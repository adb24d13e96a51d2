"""The network cards of servers: which port is which card, and what becomes of the port when the card goes."""
