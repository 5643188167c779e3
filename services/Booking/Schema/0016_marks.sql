-- When staff marked a session as delivered or missed, and what it was before: on the same day the mark can be taken back.
ALTER TABLE sessions ADD COLUMN marked_at timestamptz;
ALTER TABLE sessions ADD COLUMN marked_from text CHECK (marked_from IN ('booked', 'proposed'));

-- True if a missed session has a session in its stead: it stays missed then, or there would be one too many.
CREATE FUNCTION session_made_up(session uuid, booking uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM repair_patients p, jsonb_array_elements(p.plan -> 'Moves') AS m
        WHERE p.booking_id = booking AND p.state IN ('applied', 'accepted', 'declined') AND m ->> 'MakesUpFor' = session::text)
$$;
