"""What guests can make the ovn-controller of their host do, held within bounds. Networks and routers plan with it."""
