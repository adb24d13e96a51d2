"""The hypervisors of the cloud, as operators see them: hypervisors, services, availability zones."""
