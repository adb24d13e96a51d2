-- name: hold_addresses!
SELECT northbound.hold_addresses(:wishes);

-- name: mac_prefix$
SELECT northbound.mac_prefix();

-- name: release!
SELECT northbound.release_addresses(:subnet_ids, :ips);
