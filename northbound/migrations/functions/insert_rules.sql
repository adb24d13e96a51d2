-- Adds rules of one group: their rows, place in the quota (`default_limit` NULL: not counted here), and the group's
-- revision (`touching`); the trigger of their table marks them. Returns them as they are read; fewer than were asked for,
-- and nothing counted, when the group holds one of them already.
CREATE OR REPLACE FUNCTION northbound.insert_rules(rules jsonb, request text, default_limit bigint, touching boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    added uuid[];
    made jsonb;
    counted record;
BEGIN
    PERFORM set_config('northbound.request', coalesce(request, ''), true);
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
