"""Previews: what a write would do, shown without doing it. `northbound.writes` is who asks."""
