-- depends: 0001_identity_nouns

-- Policies that are kept for services; nothing here reads their blobs.
CREATE TABLE identity.policies (
    id text PRIMARY KEY,
    type text NOT NULL,
    blob text NOT NULL,
    extra jsonb NOT NULL DEFAULT '{}'
);

-- Which policy is an endpoint's: said of itself, of its service in a region, or of its service anywhere.
CREATE TABLE identity.policy_associations (
    policy_id text NOT NULL CONSTRAINT policy_associations_policy REFERENCES identity.policies ON DELETE CASCADE,
    endpoint_id text CONSTRAINT policy_associations_endpoint REFERENCES identity.endpoints ON DELETE CASCADE,
    service_id text CONSTRAINT policy_associations_service REFERENCES identity.services ON DELETE CASCADE,
    region_id text CONSTRAINT policy_associations_region REFERENCES identity.regions ON DELETE CASCADE,
    CONSTRAINT policy_associations_kind CHECK (
        num_nonnulls(endpoint_id, service_id) = 1 AND (region_id IS NULL OR service_id IS NOT NULL)
    ),
    CONSTRAINT policy_associations_once UNIQUE NULLS NOT DISTINCT (endpoint_id, service_id, region_id)
);
CREATE INDEX policy_associations_by_policy ON identity.policy_associations (policy_id);
CREATE INDEX policy_associations_by_service ON identity.policy_associations (service_id);
CREATE INDEX policy_associations_by_region ON identity.policy_associations (region_id);
