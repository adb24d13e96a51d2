-- depends: 0002_identity_revocations

-- Who did what, from where: a row for each change, written by the transaction that made it, and for what was refused.
-- The columns are the fields of a CADF event. Nothing refers to anything: a row outlives what it is about.
CREATE TABLE identity.audit_events (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    event_id text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    initiator_id text NOT NULL,
    initiator_name text NOT NULL,
    project_id text,               -- of the initiator's token
    domain_id text,                -- of the initiator
    address text NOT NULL,
    agent text NOT NULL,
    target_type text NOT NULL,
    target_id text NOT NULL,
    rule text NOT NULL,
    status integer,                -- of the answer; NULL of a change, whose answer comes after it
    request_id text NOT NULL,
    request_path text NOT NULL,
    repeats integer NOT NULL DEFAULT 0
);
CREATE INDEX audit_events_by_request ON identity.audit_events (request_id);
CREATE INDEX audit_events_by_target ON identity.audit_events (target_id, number);
CREATE INDEX audit_events_by_initiator ON identity.audit_events (initiator_id, number);
CREATE INDEX audit_events_by_time ON identity.audit_events (event_time, number);
CREATE INDEX audit_events_by_outcome ON identity.audit_events (number) WHERE outcome <> 'success';
