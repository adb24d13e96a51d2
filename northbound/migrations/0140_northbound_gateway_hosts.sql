-- Where each gateway of a router is served at the moment, as OVN's southbound database shows it. Copied by the leader; all
-- of it comes back by itself. Beside the ports and not in them: no plan reads it, so that no change of it is planned.
CREATE TABLE northbound.gateway_hosts (
    port_id uuid NOT NULL,
    host text NOT NULL,
    CONSTRAINT gateway_hosts_pkey PRIMARY KEY (port_id),
    CONSTRAINT gateway_hosts_port FOREIGN KEY (port_id) REFERENCES northbound.ports ON DELETE CASCADE
);
