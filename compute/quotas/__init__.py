"""What a project may hold: limits, counters that cannot be overrun by a race, and how the wire shows them."""
