"""One module per daemon: how it is started in a private directory, when it is ready, how it ends.

The lab's supervisor and the tests' fixtures start daemons in the same way, through these classes.
"""
