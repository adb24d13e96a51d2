"""Address groups: addresses that security group rules name together, and that may change while they are named."""
