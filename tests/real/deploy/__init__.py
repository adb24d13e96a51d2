"""The lab and its daemons, really started."""
