"""The all-in-one: every process of a cloud on one machine, under one supervisor.

I own the daemons' command lines, the lab's namespaces, its guest image and its state directory. Only tests import me.
"""
