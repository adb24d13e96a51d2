"""Projects: what resources belong to."""
