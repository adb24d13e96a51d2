-- Address groups, and rules that name them.

CREATE TABLE northbound.address_groups (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    addresses text[] NOT NULL DEFAULT '{}',  -- CIDRs without host bits
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT address_groups_pkey PRIMARY KEY (id)
);
CREATE INDEX address_groups_by_project ON northbound.address_groups (project_id);
CREATE TRIGGER address_groups_end_sharing AFTER DELETE ON northbound.address_groups
    FOR EACH ROW EXECUTE FUNCTION northbound.end_sharing();

ALTER TABLE northbound.security_group_rules
    ADD COLUMN remote_address_group_id uuid,
    ADD CONSTRAINT security_group_rules_address_group
        FOREIGN KEY (remote_address_group_id) REFERENCES northbound.address_groups,
    DROP CONSTRAINT security_group_rules_remote,
    ADD CONSTRAINT security_group_rules_remote
        CHECK (num_nonnulls(remote_ip_prefix, remote_group_id, remote_address_group_id) <= 1),
    DROP CONSTRAINT security_group_rules_same,
    ADD CONSTRAINT security_group_rules_same UNIQUE NULLS NOT DISTINCT
        (security_group_id, direction, ethertype, protocol_number, port_range_min, port_range_max, source,
         remote_group_id, remote_address_group_id);
CREATE INDEX security_group_rules_by_address_group ON northbound.security_group_rules (remote_address_group_id)
    WHERE remote_address_group_id IS NOT NULL;
CREATE INDEX security_group_rules_by_group ON northbound.security_group_rules (security_group_id);
