"""Users of other identity providers, who sign in here with what their provider says of them (OpenID Connect)."""
