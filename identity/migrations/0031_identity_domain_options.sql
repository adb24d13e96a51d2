-- depends: 0030_identity_kept_elsewhere

-- What was set for a domain, option by option; sealed holds what is never shown, encrypted with a key on disk.
CREATE TABLE identity.domain_options (
    domain_id text NOT NULL CONSTRAINT domain_options_domain REFERENCES identity.domains ON DELETE CASCADE,
    group_name text NOT NULL,
    option text NOT NULL,
    value jsonb,
    sealed bytea,
    PRIMARY KEY (domain_id, group_name, option)
);

-- The domains whose users and groups a directory keeps. A process that finds one unlooked at for a while looks
-- (looked_at) whether those who have tokens are still there; when the directory answered all of it, answered_at is when
-- it was asked. version is another after each change of the configuration: what a directory said is written only while
-- it is still the one to be asked.
CREATE SEQUENCE identity.directory_versions;
CREATE TABLE identity.directories (
    domain_id text PRIMARY KEY CONSTRAINT directories_domain REFERENCES identity.domains ON DELETE CASCADE,
    version bigint NOT NULL DEFAULT nextval('identity.directory_versions'),
    looked_at timestamptz NOT NULL DEFAULT now(),
    answered_at timestamptz NOT NULL DEFAULT now()
);

-- Until when a token of somebody may live whom a directory keeps.
ALTER TABLE identity.users ADD COLUMN tokens_until timestamptz;
CREATE INDEX users_with_tokens ON identity.users (domain_id, tokens_until) WHERE keeper = 'ldap';
