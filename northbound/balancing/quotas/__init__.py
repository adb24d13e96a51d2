"""The quotas of the load-balancer API: counters beside the network API's, in words of their own."""
