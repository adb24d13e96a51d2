"""What was done to a server, and how far it got: the tasks of compute/tasks, as tenants see them."""
