"""The metadata service of one host: a namespace, a socket and a small web server per tenant network.

Imported by the agent alone. A guest is known by the socket that it reached (its network) and by its source address,
never by anything that it says.
"""
