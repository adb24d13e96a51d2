-- How made-up MAC addresses begin: what the session says that the operator decided, so that whoever makes a port or reads
-- what a plan needs, in this package or in another, has the same.
CREATE FUNCTION northbound.mac_prefix() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('meridian.mac_prefix', true), ''), 'fa:16:3e');
$$;
