"""Topologies made by themselves: a network with a way out, for a project that asks for one and says nothing else."""
