-- The rules that new security groups start with.

CREATE TABLE northbound.default_security_group_rules (
    id uuid NOT NULL,
    description text NOT NULL,
    direction text NOT NULL,
    ethertype text NOT NULL,
    protocol text,
    protocol_number smallint,
    port_range_min integer,
    port_range_max integer,
    remote_ip_prefix cidr,
    remote_is_parent boolean NOT NULL DEFAULT false,  -- the remote end is the group that the rule is made for
    remote_address_group_id uuid,
    used_in_default_sg boolean NOT NULL,
    used_in_non_default_sg boolean NOT NULL,
    source cidr GENERATED ALWAYS AS (CASE WHEN masklen(remote_ip_prefix) > 0 THEN remote_ip_prefix END) STORED,
    revision_number bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT default_security_group_rules_pkey PRIMARY KEY (id),
    CONSTRAINT default_security_group_rules_address_group
        FOREIGN KEY (remote_address_group_id) REFERENCES northbound.address_groups
);
CREATE UNIQUE INDEX default_security_group_rules_in_default ON northbound.default_security_group_rules
    (direction, ethertype, protocol_number, port_range_min, port_range_max, source, remote_is_parent,
     remote_address_group_id) NULLS NOT DISTINCT WHERE used_in_default_sg;
CREATE UNIQUE INDEX default_security_group_rules_in_others ON northbound.default_security_group_rules
    (direction, ethertype, protocol_number, port_range_min, port_range_max, source, remote_is_parent,
     remote_address_group_id) NULLS NOT DISTINCT WHERE used_in_non_default_sg;

-- Members send what they like; in a project's default group they also hear each other.
INSERT INTO northbound.default_security_group_rules
    (id, description, direction, ethertype, remote_is_parent, used_in_default_sg, used_in_non_default_sg)
SELECT gen_random_uuid(), 'Legacy default SG rule for ' || direction || ' traffic', direction, ethertype,
       direction = 'ingress', true, direction = 'egress'
FROM unnest(ARRAY['egress', 'ingress']) AS direction, unnest(ARRAY['IPv4', 'IPv6']) AS ethertype;
