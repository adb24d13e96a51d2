-- The network and the router that were made for a project by themselves.
CREATE TABLE northbound.auto_topologies (
    project_id text NOT NULL,
    network_id uuid NOT NULL,
    router_id uuid,
    CONSTRAINT auto_topologies_pkey PRIMARY KEY (project_id),
    CONSTRAINT auto_topologies_network FOREIGN KEY (network_id) REFERENCES northbound.networks ON DELETE CASCADE,
    CONSTRAINT auto_topologies_router FOREIGN KEY (router_id) REFERENCES northbound.routers ON DELETE SET NULL
);
CREATE INDEX auto_topologies_by_network ON northbound.auto_topologies (network_id);
CREATE INDEX auto_topologies_by_router ON northbound.auto_topologies (router_id);
