-- depends: 0021_identity_trusts

-- A trust without project_id gives no roles: its tokens have no scope. redelegation_count says how often what was trusted
-- may be passed on, one trust made by a token of another; redelegated_trust_id is that other one, and goes first.
ALTER TABLE identity.trusts
    ALTER COLUMN project_id DROP NOT NULL,
    ADD COLUMN redelegation_count integer NOT NULL DEFAULT 0,
    ADD COLUMN redelegated_trust_id text CONSTRAINT trusts_redelegated REFERENCES identity.trusts ON DELETE CASCADE,
    ADD CONSTRAINT trusts_redelegation_count CHECK (redelegation_count >= 0);
CREATE INDEX trusts_by_redelegated ON identity.trusts (redelegated_trust_id);
