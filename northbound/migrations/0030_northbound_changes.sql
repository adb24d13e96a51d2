-- How far each change got, by the request that made it. Kept for an hour; losing it loses nobody's network.

CREATE TABLE northbound.changes (
    request_id text NOT NULL,
    project_id text NOT NULL,       -- of the caller
    revision bigint NOT NULL,       -- of the transaction, as in its marks; 0: it marked nothing
    owners text[] NOT NULL,
    durable_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    committed_at timestamptz,       -- the leader has applied it to OVN's northbound database
    -- The rest is filled for changes that somebody asked about.
    asked boolean NOT NULL DEFAULT false,
    concerned text[],               -- names of the chassis that have to do something
    nb_cfg bigint,                  -- whoever has come to this number has seen the change
    processed_at timestamptz,       -- northd had
    in_place jsonb NOT NULL DEFAULT '{}',  -- chassis name -> when it had
    finished_at timestamptz,
    CONSTRAINT changes_pkey PRIMARY KEY (request_id)
) WITH (fillfactor = 80);
CREATE INDEX changes_by_revision ON northbound.changes (revision);
CREATE INDEX changes_by_time ON northbound.changes USING brin (durable_at);
CREATE INDEX changes_pending ON northbound.changes (request_id) WHERE asked AND finished_at IS NULL;
