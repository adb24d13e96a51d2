"""Load balancers on OVN's Load_Balancer, behind Octavia's API: layer 4, one provider, no machines of their own.

Owns load balancers with their listeners, pools, members and health monitors, their plan, and their quotas. Builds on
networks, subnets, ports and routers; none of them knows it: triggers of the database mark the load balancers whose plan
reads what they change. `deploy` may import `application`, `translation` the plan.
"""
