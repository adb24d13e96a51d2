-- Security groups and their rules.

CREATE SCHEMA IF NOT EXISTS northbound;

CREATE TABLE northbound.security_groups (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    stateful boolean NOT NULL DEFAULT true,
    is_default boolean NOT NULL DEFAULT false,
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT security_groups_pkey PRIMARY KEY (id)
);
CREATE INDEX security_groups_by_project ON northbound.security_groups (project_id);
CREATE INDEX security_groups_by_name ON northbound.security_groups (name);
-- One default group per project, whoever races.
CREATE UNIQUE INDEX security_groups_default ON northbound.security_groups (project_id) WHERE is_default;

-- `protocol` is the spelling shown; `protocol_number` is what it means (NULL: any) and what makes two rules the same.
CREATE TABLE northbound.security_group_rules (
    id uuid NOT NULL,
    security_group_id uuid NOT NULL,
    project_id text NOT NULL,
    description text NOT NULL,
    direction text NOT NULL,
    ethertype text NOT NULL,
    protocol text,
    protocol_number smallint,
    port_range_min integer,
    port_range_max integer,
    remote_ip_prefix cidr,
    remote_group_id uuid,
    -- A prefix of every address restricts nothing: it is the same rule as one without.
    source cidr GENERATED ALWAYS AS (CASE WHEN masklen(remote_ip_prefix) > 0 THEN remote_ip_prefix END) STORED,
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT security_group_rules_pkey PRIMARY KEY (id),
    CONSTRAINT security_group_rules_group FOREIGN KEY (security_group_id)
        REFERENCES northbound.security_groups ON DELETE CASCADE,
    CONSTRAINT security_group_rules_remote_group FOREIGN KEY (remote_group_id)
        REFERENCES northbound.security_groups ON DELETE CASCADE,
    CONSTRAINT security_group_rules_direction CHECK (direction IN ('ingress', 'egress')),
    CONSTRAINT security_group_rules_ethertype CHECK (ethertype IN ('IPv4', 'IPv6')),
    CONSTRAINT security_group_rules_protocol CHECK (protocol_number BETWEEN 0 AND 255),
    CONSTRAINT security_group_rules_remote CHECK (remote_ip_prefix IS NULL OR remote_group_id IS NULL),
    CONSTRAINT security_group_rules_same UNIQUE NULLS NOT DISTINCT
        (security_group_id, direction, ethertype, protocol_number, port_range_min, port_range_max, source,
         remote_group_id)
);
CREATE INDEX security_group_rules_by_project ON northbound.security_group_rules (project_id);
CREATE INDEX security_group_rules_by_remote_group ON northbound.security_group_rules (remote_group_id);
