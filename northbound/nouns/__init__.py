"""Nouns: the plain resources of the network API, declared once each; their five routes and their store follow."""
