"""How the pieces are put together and run: the `meridian` command, the lab, decisions.

Imports every package; nothing but `tests` imports it.
"""
