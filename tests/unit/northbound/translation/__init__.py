"""Pure parts of the translation."""
