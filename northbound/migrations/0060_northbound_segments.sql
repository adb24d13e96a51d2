-- A network's segments: one, or several on different physical networks; and what else networks say.

ALTER TABLE northbound.networks
    ADD COLUMN dns_domain text NOT NULL DEFAULT '',
    ADD COLUMN is_default boolean NOT NULL DEFAULT false,
    ADD COLUMN vlan_transparent boolean,  -- NULL: nobody said
    ADD COLUMN qinq boolean,
    ADD CONSTRAINT networks_default_is_external CHECK (external OR NOT is_default);
CREATE UNIQUE INDEX networks_one_default ON northbound.networks (is_default) WHERE is_default;

-- Every network has a segment at position 0; it is what `provider:` attributes say, and a router port's surroundings.
ALTER TABLE northbound.segments
    DROP CONSTRAINT segments_network,
    ADD COLUMN position smallint NOT NULL DEFAULT 0,
    ADD COLUMN name text,
    ADD COLUMN description text NOT NULL DEFAULT '',
    ADD COLUMN revision_number bigint NOT NULL DEFAULT 1,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT segments_position UNIQUE (network_id, position);

ALTER TABLE northbound.subnets
    ADD COLUMN segment_id uuid,
    ADD COLUMN dns_publish_fixed_ip boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT subnets_segment FOREIGN KEY (segment_id) REFERENCES northbound.segments;
CREATE INDEX subnets_by_segment ON northbound.subnets (segment_id) WHERE segment_id IS NOT NULL;
