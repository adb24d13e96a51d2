"""Structure, unit, real daemons, wire, scale, faults."""
