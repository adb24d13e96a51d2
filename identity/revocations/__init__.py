"""Rights that end: which tokens are refused before they expire, and how every process learns of it."""
