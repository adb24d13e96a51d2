-- name: update_hosts(port_ids, hosts)!
-- A name of somebody else's port, or of one that is gone meanwhile, is no gateway of ours.
INSERT INTO northbound.gateway_hosts (port_id, host)
SELECT p.id, seen.host FROM unnest(:port_ids::text[], :hosts::text[]) AS seen (port_id, host)
JOIN northbound.ports p ON p.id::text = seen.port_id
JOIN northbound.router_ports g ON g.port_id = p.id AND g.is_gateway
ON CONFLICT (port_id) DO UPDATE SET host = EXCLUDED.host WHERE gateway_hosts.host <> EXCLUDED.host;

-- name: forget_others(port_ids)!
DELETE FROM northbound.gateway_hosts WHERE port_id::text <> ALL(:port_ids::text[]);
