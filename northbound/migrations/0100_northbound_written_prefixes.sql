-- A rule's prefix as its maker wrote it, host bits and all: shown as remote_ip_prefix, beside normalized_cidr.
ALTER TABLE northbound.security_group_rules ADD COLUMN written_prefix text;
UPDATE northbound.security_group_rules SET written_prefix = remote_ip_prefix::text;
ALTER TABLE northbound.security_group_rules ADD CONSTRAINT security_group_rules_written
    CHECK ((written_prefix IS NULL) = (remote_ip_prefix IS NULL));
