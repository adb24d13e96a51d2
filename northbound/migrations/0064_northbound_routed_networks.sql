-- Whether a port got its addresses when it was made, gets them when its host is known, or wants none.
ALTER TABLE northbound.ports
    ADD COLUMN ip_allocation text NOT NULL DEFAULT 'immediate',
    ADD CONSTRAINT ports_ip_allocation CHECK (ip_allocation IN ('immediate', 'deferred', 'none'));
