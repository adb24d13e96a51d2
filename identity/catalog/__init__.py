"""The catalogue as a token shows it: services with the URLs of their endpoints."""
