-- Networks are shared, and external, by their grants alone; the columns become grants.
--
-- Whoever withdraws a grant holds the object's row FOR UPDATE, whoever uses an object of others holds it FOR KEY SHARE
-- and reads the grants after that.

INSERT INTO northbound.rbac_policies (id, project_id, object_type, object_id, action, target_project)
SELECT gen_random_uuid(), project_id, 'network', id, 'access_as_shared', '*' FROM northbound.networks WHERE shared
UNION ALL
SELECT gen_random_uuid(), project_id, 'network', id, 'access_as_external', '*' FROM northbound.networks WHERE external
ON CONFLICT ON CONSTRAINT rbac_policies_same DO NOTHING;

ALTER TABLE northbound.networks DROP COLUMN shared, DROP COLUMN external;

CREATE TRIGGER networks_end_sharing AFTER DELETE ON northbound.networks
    FOR EACH ROW EXECUTE FUNCTION northbound.end_sharing();
CREATE TRIGGER security_groups_end_sharing AFTER DELETE ON northbound.security_groups
    FOR EACH ROW EXECUTE FUNCTION northbound.end_sharing();

-- Grants are counted. They also go with what they are about, so that PostgreSQL gives them back itself.
INSERT INTO northbound.quotas AS q (project_id, resource, used)
SELECT project_id, 'rbac_policy', count(*) FROM northbound.rbac_policies GROUP BY project_id
ON CONFLICT ON CONSTRAINT quotas_pkey DO UPDATE SET used = q.used + excluded.used;

CREATE FUNCTION northbound.give_back_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('northbound.quotas/' || OLD.project_id, 0));
    UPDATE northbound.quotas SET used = used - 1 WHERE project_id = OLD.project_id AND resource = 'rbac_policy';
    RETURN OLD;
END;
$$;
CREATE TRIGGER rbac_policies_give_back AFTER DELETE ON northbound.rbac_policies
    FOR EACH ROW EXECUTE FUNCTION northbound.give_back_grant();

-- What is no external network any more is not the default one either.
CREATE FUNCTION northbound.end_external() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE northbound.networks n SET is_default = false
    WHERE n.id = OLD.object_id AND n.is_default AND NOT EXISTS (
        SELECT FROM northbound.rbac_policies g WHERE g.object_id = n.id AND g.action = 'access_as_external'
    );
    RETURN OLD;
END;
$$;
CREATE TRIGGER rbac_policies_end_external AFTER DELETE ON northbound.rbac_policies
    FOR EACH ROW WHEN (OLD.action = 'access_as_external') EXECUTE FUNCTION northbound.end_external();
