-- Where sessions were before they went to another resource: the calendar of the one they left must say that they are cancelled there, or whoever
-- subscribes to it goes on expecting the patient. A session that comes back is there again.
CREATE TABLE session_departures (
    session_id  uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    resource_id uuid NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    left_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, resource_id)
);
CREATE INDEX session_departures_resource ON session_departures (resource_id, left_at);

-- Only what a calendar has shown can be taken back from it: held sessions were in none.
CREATE FUNCTION sessions_note_departure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO session_departures (session_id, resource_id, starts_at, ends_at)
    SELECT OLD.id, r.id, OLD.starts_at, OLD.ends_at FROM unnest(OLD.resource_ids) AS r(id)
    WHERE OLD.state IN ('booked', 'proposed') AND r.id <> ALL (NEW.resource_ids)
    ON CONFLICT (session_id, resource_id) DO UPDATE SET starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at, left_at = EXCLUDED.left_at;
    DELETE FROM session_departures WHERE session_id = NEW.id AND resource_id = ANY (NEW.resource_ids);
    RETURN NULL;
END $$;
CREATE TRIGGER sessions_note_departure AFTER UPDATE OF resource_ids ON sessions FOR EACH ROW
    WHEN (OLD.resource_ids IS DISTINCT FROM NEW.resource_ids)
    EXECUTE FUNCTION sessions_note_departure();
