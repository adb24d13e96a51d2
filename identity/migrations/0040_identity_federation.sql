-- depends: 0012_identity_password_rules

CREATE TABLE identity.mappings (
    id text PRIMARY KEY,
    schema_version text NOT NULL,
    rules jsonb NOT NULL
);

-- authorization_ttl is in minutes: how long what a mapping says about groups lasts beyond the token.
CREATE TABLE identity.identity_providers (
    id text PRIMARY KEY,
    domain_id text NOT NULL CONSTRAINT identity_providers_domain REFERENCES identity.domains,
    enabled boolean NOT NULL,
    description text,
    authorization_ttl integer
);
CREATE INDEX identity_providers_by_domain ON identity.identity_providers (domain_id);

-- What a provider calls itself: its issuer. One name is of one provider.
CREATE TABLE identity.remote_ids (
    remote_id text CONSTRAINT remote_ids_once PRIMARY KEY,
    idp_id text NOT NULL REFERENCES identity.identity_providers ON DELETE CASCADE
);
CREATE INDEX remote_ids_by_provider ON identity.remote_ids (idp_id);

-- A mapping may be deleted while a protocol names it: nobody signs in by it then.
CREATE TABLE identity.federation_protocols (
    id text NOT NULL,
    idp_id text NOT NULL CONSTRAINT federation_protocols_provider REFERENCES identity.identity_providers ON DELETE CASCADE,
    mapping_id text NOT NULL,
    remote_id_attribute text,
    CONSTRAINT federation_protocols_once PRIMARY KEY (idp_id, id)
);
CREATE INDEX federation_protocols_by_mapping ON identity.federation_protocols (mapping_id);
