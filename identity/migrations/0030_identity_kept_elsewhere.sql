-- depends: 0012_identity_password_rules

-- Who keeps a user or a group: ourselves ('sql'), or somebody else, of whom the row is a copy. local_id is what they are
-- known by there, and present says whether they were there at the last look. The id is made from domain and local_id
-- (identity/users/public_ids.py), so that whoever comes back has it again.
ALTER TABLE identity.users
    ADD COLUMN keeper text NOT NULL DEFAULT 'sql',
    ADD COLUMN local_id text,
    ADD COLUMN present boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT users_local_id CHECK ((keeper = 'sql') = (local_id IS NULL)),
    DROP CONSTRAINT users_name_once;
CREATE UNIQUE INDEX users_name_once ON identity.users (domain_id, name) WHERE keeper = 'sql';
CREATE INDEX users_by_name ON identity.users (domain_id, name);

ALTER TABLE identity.groups
    ADD COLUMN keeper text NOT NULL DEFAULT 'sql',
    ADD COLUMN local_id text,
    ADD COLUMN present boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT groups_local_id CHECK ((keeper = 'sql') = (local_id IS NULL)),
    DROP CONSTRAINT groups_name_once;
CREATE UNIQUE INDEX groups_name_once ON identity.groups (domain_id, name) WHERE keeper = 'sql';
CREATE INDEX groups_by_name ON identity.groups (domain_id, name);
