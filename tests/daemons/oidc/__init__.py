"""An OpenID Connect provider for tests: Authlib's, in a process of its own."""
