-- name: select_zones
SELECT zone AS name, bool_or(c.is_gateway) AS has_gateway, ARRAY(
    SELECT DISTINCT unnest(m.physical_networks) FROM northbound.chassis m WHERE zone = ANY(m.availability_zones)
) AS physical_networks
FROM northbound.chassis c, unnest(c.availability_zones) AS zone
GROUP BY zone ORDER BY zone;
