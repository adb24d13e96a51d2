-- The agents on the hypervisors, as OVN's southbound database shows them, and how lately they kept up.
-- Copied by the leader; all of it comes back by itself, but for the descriptions.
CREATE TABLE northbound.agents (
    name text NOT NULL,  -- of the chassis
    host text NOT NULL,
    is_gateway boolean NOT NULL,
    availability_zones text[] NOT NULL,
    bridge_mappings jsonb NOT NULL,
    nb_cfg bigint NOT NULL,
    kept_up_at timestamptz NOT NULL DEFAULT now(),  -- when nb_cfg was last seen to change
    created_at timestamptz NOT NULL DEFAULT now(),
    description text NOT NULL DEFAULT '',
    CONSTRAINT agents_pkey PRIMARY KEY (name)
);

-- The configuration that every agent should have reached.
CREATE TABLE northbound.agents_target (
    single boolean NOT NULL DEFAULT true,
    nb_cfg bigint NOT NULL DEFAULT 0,
    CONSTRAINT agents_target_pkey PRIMARY KEY (single),
    CONSTRAINT agents_target_single CHECK (single)
);
INSERT INTO northbound.agents_target DEFAULT VALUES;

-- Agents that an administrator deleted, until the leader has taken them out of the southbound database.
CREATE TABLE northbound.agent_removals (
    name text NOT NULL,
    CONSTRAINT agent_removals_pkey PRIMARY KEY (name)
);
