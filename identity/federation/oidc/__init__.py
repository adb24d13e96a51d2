"""OpenID Connect as a relying party: what a provider publishes about itself, and whether a token is one of its own."""
