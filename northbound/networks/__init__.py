"""Networks: a switch each, and the provider segment under it."""
