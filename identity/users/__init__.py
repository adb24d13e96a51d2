"""Users: who can sign in."""
