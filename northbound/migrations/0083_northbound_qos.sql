-- QoS policies, their rules, and what follows them.

CREATE TABLE northbound.qos_policies (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT qos_policies_pkey PRIMARY KEY (id)
);
CREATE INDEX qos_policies_by_project ON northbound.qos_policies (project_id);
-- One default policy per project, whoever races.
CREATE UNIQUE INDEX qos_policies_default ON northbound.qos_policies (project_id) WHERE is_default;
CREATE TRIGGER qos_policies_end_sharing AFTER DELETE ON northbound.qos_policies
    FOR EACH ROW EXECUTE FUNCTION northbound.end_sharing();

-- What a kind of rule does not say is NULL.
CREATE TABLE northbound.qos_rules (
    id uuid NOT NULL,
    qos_policy_id uuid NOT NULL,
    kind text NOT NULL,
    direction text,
    max_kbps bigint,
    max_burst_kbps bigint,
    dscp_mark smallint,
    min_kbps bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT qos_rules_pkey PRIMARY KEY (id),
    CONSTRAINT qos_rules_policy FOREIGN KEY (qos_policy_id) REFERENCES northbound.qos_policies ON DELETE CASCADE,
    CONSTRAINT qos_rules_kind CHECK (kind IN ('bandwidth_limit', 'dscp_marking', 'minimum_bandwidth')),
    CONSTRAINT qos_rules_same UNIQUE NULLS NOT DISTINCT (qos_policy_id, kind, direction)
);

-- A gateway's policy is that of its port.
ALTER TABLE northbound.networks ADD COLUMN qos_policy_id uuid,
    ADD CONSTRAINT networks_qos_policy FOREIGN KEY (qos_policy_id) REFERENCES northbound.qos_policies;
ALTER TABLE northbound.ports ADD COLUMN qos_policy_id uuid,
    ADD CONSTRAINT ports_qos_policy FOREIGN KEY (qos_policy_id) REFERENCES northbound.qos_policies;
ALTER TABLE northbound.floating_ips ADD COLUMN qos_policy_id uuid,
    ADD CONSTRAINT floating_ips_qos_policy FOREIGN KEY (qos_policy_id) REFERENCES northbound.qos_policies;
CREATE INDEX networks_by_qos_policy ON northbound.networks (qos_policy_id) WHERE qos_policy_id IS NOT NULL;
CREATE INDEX ports_by_qos_policy ON northbound.ports (qos_policy_id) WHERE qos_policy_id IS NOT NULL;
CREATE INDEX floating_ips_by_qos_policy ON northbound.floating_ips (qos_policy_id) WHERE qos_policy_id IS NOT NULL;
