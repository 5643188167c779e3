-- As in 0007_feeds.sql, but nearly free where nothing is imported, which is almost everywhere time is let go: one look into one index.
CREATE OR REPLACE FUNCTION allocations_keep_imported() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ends_at <= now() OR NOT EXISTS (
        SELECT 1 FROM imported_times t WHERE t.resource_id = OLD.resource_id AND t.during && OLD.during) THEN
        RETURN NULL;
    END IF;
    INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason, imported)
    SELECT gen_random_uuid(), OLD.resource_id, lower(piece), upper(piece), 'blocked', 'imported', true
    FROM (SELECT unnest(range_agg(t.during * OLD.during) - coalesce(
              (SELECT range_agg(a.during) FROM allocations a WHERE a.resource_id = OLD.resource_id AND a.during && OLD.during), '{}')) AS piece
          FROM imported_times t WHERE t.resource_id = OLD.resource_id AND t.during && OLD.during AND t.ends_at > now()) AS pieces
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
