"""How much of each resource a project may hold, counted exactly under races."""
