-- How a course of the offer usually runs, as Catalog says; null for what is not a course.
ALTER TABLE offer_terms ADD COLUMN course jsonb;

-- A planned course that a patient may choose. Not taken: whoever holds it first has it.
CREATE TABLE course_options (
    id          uuid PRIMARY KEY,
    plan_id     uuid NOT NULL REFERENCES treatment_plans,
    visits      jsonb NOT NULL,
    preferences jsonb NOT NULL,
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX course_options_due ON course_options (expires_at);

CREATE INDEX holds_plan ON holds (plan_id) WHERE plan_id IS NOT NULL;
CREATE INDEX bookings_plan ON bookings (plan_id) WHERE plan_id IS NOT NULL;

-- What a center decided for itself; a center without a row has the defaults.
CREATE TABLE center_settings (
    center_id       text PRIMARY KEY,
    -- Rank the plans of courses by what their machine time is worth to those who come after.
    scarcity_policy boolean NOT NULL DEFAULT false,
    changed_at      timestamptz NOT NULL DEFAULT now()
);

-- Takes the times of many sessions in the order of resource and time, each cleared of stale holds right before it is taken. Stops at the first that is
-- somebody else's and says false; the caller rolls back.
CREATE FUNCTION take_sessions(
    resource_ids uuid[], starts timestamptz[], ends timestamptz[], session_ids uuid[], new_state text, expires timestamptz, hold uuid, booking uuid,
    new_fence integer, why text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM unnest(resource_ids, starts, ends, session_ids) AS w(resource_id, starts_at, ends_at, session_id) ORDER BY w.resource_id, w.starts_at
    LOOP
        DELETE FROM allocations WHERE id IN (
            SELECT a.id FROM allocations a
            WHERE a.resource_id = wanted.resource_id AND a.during && tstzrange(wanted.starts_at, wanted.ends_at, '[)') AND a.state = 'held' AND a.expires_at <= now()
            ORDER BY a.starts_at FOR UPDATE);
        INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, expires_at, hold_id, booking_id, session_id, fence, reason)
        VALUES (gen_random_uuid(), wanted.resource_id, wanted.starts_at, wanted.ends_at, new_state, expires, hold, booking, wanted.session_id, new_fence, why)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;
