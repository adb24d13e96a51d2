"""What the network API says of itself: versions and extensions."""
