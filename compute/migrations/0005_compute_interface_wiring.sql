-- The fingerprint (northbound.wirings) of the card's port when the server's generation was last made with it. Empty for
-- cards older than this column: their servers are told once.
ALTER TABLE compute.interfaces ADD COLUMN wiring text;
