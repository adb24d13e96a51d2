-- Each rule of a security group is planned by itself, so that one more does not cost as much as all that are there.

-- Adds rules of one group: their rows, marks, place in the quota (`default_limit` NULL: not counted here), and the
-- group's revision (`touching`). Returns them as they are read; fewer than were asked for, and nothing counted, when
-- the group holds one of them already.
CREATE FUNCTION northbound.add_rules(rules jsonb, request text, default_limit bigint, touching boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    added uuid[];
    made jsonb;
    counted record;
BEGIN
    WITH inserted AS (
        INSERT INTO northbound.security_group_rules (
            id, security_group_id, project_id, description, direction, ethertype, protocol, protocol_number,
            port_range_min, port_range_max, remote_ip_prefix, written_prefix, remote_group_id, remote_address_group_id
        )
        SELECT
            id, security_group_id, project_id, description, direction, ethertype, protocol, protocol_number,
            port_range_min, port_range_max, remote_ip_prefix, written_prefix, remote_group_id, remote_address_group_id
        FROM jsonb_to_recordset(rules) AS new (
            id uuid, security_group_id uuid, project_id text, description text, direction text, ethertype text,
            protocol text, protocol_number smallint, port_range_min integer, port_range_max integer,
            remote_ip_prefix cidr, written_prefix text, remote_group_id uuid, remote_address_group_id uuid
        )
        ON CONFLICT ON CONSTRAINT security_group_rules_same DO NOTHING
        RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO added FROM inserted;
    SELECT coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('belongs_to_default', g.is_default)), '[]') INTO made
    FROM northbound.security_group_rules r JOIN northbound.security_groups g ON g.id = r.security_group_id
    WHERE r.id = ANY (added);
    IF cardinality(added) < jsonb_array_length(rules) THEN
        RETURN made;
    END IF;
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision, request_id)
    SELECT 'security_group_rule', id::text, pg_current_xact_id()::text::bigint, request FROM unnest(added) AS id;
    IF default_limit IS NOT NULL THEN
        FOR counted IN
            SELECT rule->>'project_id' AS project_id, count(*) AS amount FROM jsonb_array_elements(rules) AS rule
            WHERE rule->>'project_id' <> '' GROUP BY 1 ORDER BY 1
        LOOP
            IF NOT northbound.take_quota(counted.project_id, 'security_group_rule', counted.amount, default_limit) THEN
                RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the quota is used up',
                    CONSTRAINT = 'quotas_limit', DETAIL = 'security_group_rule';
            END IF;
        END LOOP;
    END IF;
    IF touching THEN
        UPDATE northbound.security_groups SET revision_number = revision_number + 1, updated_at = now()
        WHERE id IN (SELECT (rule->>'security_group_id')::uuid FROM jsonb_array_elements(rules) AS rule);
    END IF;
    RETURN made;
END;
$$;

-- What the plan of a rule reads of others. Whoever changes one of these need not think of rules: the database marks them.

CREATE FUNCTION northbound.mark_rules_of(groups uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT 'security_group_rule', id::text, pg_current_xact_id()::text::bigint
    FROM northbound.security_group_rules WHERE security_group_id = ANY(groups)
$$;

-- Whether the group keeps state.
CREATE FUNCTION northbound.statefulness_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_rules_of(ARRAY[NEW.id]);
    RETURN NULL;
END;
$$;
CREATE TRIGGER groups_of_other_statefulness AFTER UPDATE OF stateful ON northbound.security_groups
    FOR EACH ROW WHEN (OLD.stateful <> NEW.stateful) EXECUTE FUNCTION northbound.statefulness_changed();

-- The log of what it lets pass: none of a group that is shared.
CREATE FUNCTION northbound.log_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    log northbound.logs := coalesce(NEW, OLD);
BEGIN
    PERFORM northbound.mark_rules_of(ARRAY(
        SELECT id FROM northbound.security_groups
        WHERE id = log.resource_id OR log.resource_id IS NULL AND project_id = log.project_id
    ));
    RETURN NULL;
END;
$$;
CREATE TRIGGER logs_that_come_or_go AFTER INSERT OR DELETE ON northbound.logs
    FOR EACH ROW EXECUTE FUNCTION northbound.log_changed();
CREATE TRIGGER logs_that_are_switched AFTER UPDATE OF enabled ON northbound.logs
    FOR EACH ROW WHEN (OLD.enabled <> NEW.enabled) EXECUTE FUNCTION northbound.log_changed();

CREATE FUNCTION northbound.group_sharing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_rules_of(ARRAY[coalesce(NEW.object_id, OLD.object_id)]);
    RETURN NULL;
END;
$$;
CREATE TRIGGER groups_that_are_shared AFTER INSERT ON northbound.rbac_policies
    FOR EACH ROW WHEN (NEW.object_type = 'security_group') EXECUTE FUNCTION northbound.group_sharing_changed();
CREATE TRIGGER groups_that_are_shared_no_more AFTER DELETE ON northbound.rbac_policies
    FOR EACH ROW WHEN (OLD.object_type = 'security_group') EXECUTE FUNCTION northbound.group_sharing_changed();

-- The allowed address pairs of the members: sets of the groups themselves, named by the rules that admit these groups.
CREATE OR REPLACE FUNCTION northbound.mark_groups_of_pairs(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT kind, id::text, pg_current_xact_id()::text::bigint FROM (
        SELECT 'security_group' AS kind, unnest(ids) AS id
        UNION ALL SELECT 'security_group_rule', id FROM northbound.security_group_rules WHERE remote_group_id = ANY(ids)
    ) AS concerned
$$;
