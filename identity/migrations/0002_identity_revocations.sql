-- depends: 0001_identity_nouns

-- Tokens that carry `subject` and were issued at or before issued_before are refused. A row may go when every such
-- token has expired. changed_in orders rows for readers who poll: see identity/revocations/store.py.
CREATE TABLE identity.revocations (
    subject text PRIMARY KEY,
    issued_before timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX revocations_by_change ON identity.revocations (changed_in);
CREATE INDEX revocations_by_expiry ON identity.revocations (expires_at);
