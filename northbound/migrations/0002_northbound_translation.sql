-- What the translation to OVN remembers. Truth about resources is elsewhere; all of this may be lost and costs time.

CREATE SCHEMA IF NOT EXISTS northbound;

-- Owners whose rows may differ from what was committed. Appended by every write, removed when OVN holds it.
CREATE TABLE northbound.dirty (
    number bigint GENERATED ALWAYS AS IDENTITY,
    owner_kind text NOT NULL,
    owner_id text NOT NULL,
    revision bigint NOT NULL,  -- of the transaction that marked
    request_id text,           -- of the request that caused it, for OVSDB's log
    CONSTRAINT dirty_pkey PRIMARY KEY (number)
);
CREATE INDEX dirty_by_revision ON northbound.dirty (revision);

-- Changes of our rows that we did not make, and what we made of them. The oldest are dropped.
CREATE TABLE northbound.drift (
    number bigint GENERATED ALWAYS AS IDENTITY,
    seen_at timestamptz NOT NULL DEFAULT now(),
    owner_kind text NOT NULL,
    owner_id text NOT NULL,
    ovn_table text NOT NULL,
    row_uuid uuid NOT NULL,
    found jsonb,     -- the columns that differed, as found; NULL: the row was missing
    repaired jsonb,  -- the same columns as they are again; NULL: the row was removed
    CONSTRAINT drift_pkey PRIMARY KEY (number)
);

-- Owners that cannot be written to OVN, and why; they are tried again and again, and hold up nobody else.
CREATE TABLE northbound.quarantine (
    owner_kind text NOT NULL,
    owner_id text NOT NULL,
    reason text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 1,
    CONSTRAINT quarantine_pkey PRIMARY KEY (owner_kind, owner_id)
);

-- The one leader's term: it rises with each new leader, and OVN refuses writes of an older one.
CREATE TABLE northbound.leadership (
    single boolean NOT NULL DEFAULT true,
    term bigint NOT NULL DEFAULT 0,
    holder text NOT NULL DEFAULT '',
    since timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT leadership_pkey PRIMARY KEY (single),
    CONSTRAINT leadership_single CHECK (single)
);
INSERT INTO northbound.leadership DEFAULT VALUES;

-- The hypervisors as OVN's southbound database shows them, for the plans of gateways.
CREATE TABLE northbound.chassis (
    name text NOT NULL,
    hostname text NOT NULL,
    physical_networks text[] NOT NULL DEFAULT '{}',
    availability_zones text[] NOT NULL DEFAULT '{}',
    is_gateway boolean NOT NULL DEFAULT false,
    CONSTRAINT chassis_pkey PRIMARY KEY (name)
);
