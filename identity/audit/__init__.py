"""The record of who did what: every change of every API, and what was refused. Every package may import it."""
