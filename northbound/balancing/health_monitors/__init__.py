"""Health monitors, and the ports in the members' subnets that checks come from."""
