"""What must hold of a planned row, by what the row is about. `northbound.translation.check` asks all of it."""
