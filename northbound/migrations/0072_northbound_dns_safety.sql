-- Whether the connected OVN may be given names, as the leader found it. Names that may not be given are kept.
CREATE TABLE northbound.dns_safety (
    single boolean NOT NULL DEFAULT true,
    is_safe boolean NOT NULL DEFAULT false,
    CONSTRAINT dns_safety_pkey PRIMARY KEY (single),
    CONSTRAINT dns_safety_single CHECK (single)
);
INSERT INTO northbound.dns_safety DEFAULT VALUES;
