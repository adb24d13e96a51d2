"""Nouns: the plain resources of the identity API, declared once each; their five routes and their store follow."""
