"""Password hashes: argon2id, computed away from the event loop."""
