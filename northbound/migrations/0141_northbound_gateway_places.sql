-- The chassis that each gateway is placed on, in order (decision 0008), and which of the cloud's give signs of life.
ALTER TABLE northbound.router_ports ADD COLUMN chassis text[] NOT NULL DEFAULT '{}';
ALTER TABLE northbound.chassis ADD COLUMN is_alive boolean NOT NULL DEFAULT true;

-- Gateways that are there stay where they are: until now the order was that of a hash of router and chassis.
UPDATE northbound.router_ports g SET chassis = placed.names
FROM (
    SELECT o.port_id, (array_agg(c.name ORDER BY sha256(convert_to(o.router_id::text || '/' || c.name, 'UTF8'))))[:5] AS names
    FROM northbound.router_ports o
    JOIN northbound.routers r ON r.id = o.router_id
    JOIN northbound.ports p ON p.id = o.port_id
    JOIN northbound.segments s ON s.network_id = p.network_id AND s.position = 0
    JOIN northbound.chassis c ON c.is_gateway
        AND (s.physical_network IS NULL OR s.physical_network = ANY(c.physical_networks))
        AND (r.availability_zone_hints = '{}' OR r.availability_zone_hints && c.availability_zones)
    WHERE o.is_gateway
    GROUP BY o.port_id
) AS placed
WHERE placed.port_id = g.port_id;
