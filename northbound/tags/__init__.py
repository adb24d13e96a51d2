"""Tags of every taggable resource of the network API."""
