"""Availability zones: what hypervisors say they belong to (`availability-zones=` of ovn-cms-options)."""
