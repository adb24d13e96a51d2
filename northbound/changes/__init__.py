"""Changes: how far what a request wrote has got, from PostgreSQL to each chassis. Its record is made by every write."""
