"""Segments by themselves: those of a network can be listed, named, added and taken away."""
