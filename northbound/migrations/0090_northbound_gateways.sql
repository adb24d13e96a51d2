-- Several gateways of a router, and how its default routes and floating IPs use them.
ALTER TABLE northbound.routers
    ADD COLUMN distributed boolean NOT NULL DEFAULT false,
    ADD COLUMN enable_default_route_ecmp boolean NOT NULL DEFAULT false,
    ADD COLUMN enable_default_route_bfd boolean NOT NULL DEFAULT false;

-- Gateways are in order of their positions: the first is the one that external_gateway_info speaks of.
ALTER TABLE northbound.router_ports ADD COLUMN position integer NOT NULL DEFAULT 0;
DROP INDEX northbound.router_ports_gateway;
CREATE UNIQUE INDEX router_ports_gateway ON northbound.router_ports (router_id, position) WHERE is_gateway;
