"""Pure parts of the southbound package."""
