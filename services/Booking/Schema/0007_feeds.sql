-- When a session last changed, whoever changes it: a calendar's DTSTAMP, and how long a cancelled one stays in a feed.
ALTER TABLE sessions ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
UPDATE sessions s SET changed_at = b.changed_at FROM bookings b WHERE b.id = s.booking_id;
CREATE FUNCTION sessions_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER sessions_note_change BEFORE UPDATE ON sessions FOR EACH ROW
    WHEN ((OLD.starts_at, OLD.ends_at, OLD.state, OLD.sequence, OLD.booking_id) IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.state, NEW.sequence, NEW.booking_id))
    EXECUTE FUNCTION sessions_note_change();
CREATE INDEX sessions_of_resource ON sessions USING gin (resource_ids);

-- A calendar to subscribe to: of one booking, of all bookings of an account, or of a center's resource. Only the hash of its secret address is kept;
-- a new one takes the place of the old.
CREATE TABLE feeds (
    id              uuid PRIMARY KEY,
    token_hash      bytea NOT NULL CONSTRAINT feeds_token UNIQUE,
    booking_id      uuid CONSTRAINT feeds_booking UNIQUE REFERENCES bookings,
    patient_subject text CONSTRAINT feeds_patient UNIQUE,
    resource_id     uuid CONSTRAINT feeds_resource UNIQUE REFERENCES resources ON DELETE CASCADE,
    neutral_title   boolean NOT NULL DEFAULT true,
    culture         text NOT NULL DEFAULT 'en',
    created_at      timestamptz NOT NULL DEFAULT now(),
    -- Within an hour, so that reading seldom writes.
    last_read_at    timestamptz,
    CONSTRAINT feeds_of_one CHECK (num_nonnulls(booking_id, patient_subject, resource_id) = 1)
);

-- A calendar of another system from which busy times of one resource are taken. The address may hold a secret: it is shown shortened and never logged.
CREATE TABLE imports (
    id            uuid PRIMARY KEY,
    resource_id   uuid NOT NULL REFERENCES resources ON DELETE CASCADE,
    center_id     text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('url', 'file')),
    url           text,
    name          text NOT NULL,
    state         text NOT NULL CHECK (state IN ('waiting', 'read', 'failing')),
    -- What the last reading found: a stable code and its parameters, or null.
    problem       jsonb,
    notes         jsonb NOT NULL DEFAULT '[]',
    events        integer NOT NULL DEFAULT 0,
    etag          text,
    -- The last time its times were worked out; they reach 180 days on from here.
    last_read_at  timestamptz,
    last_tried_at timestamptz,
    next_read_at  timestamptz,
    attempts      integer NOT NULL DEFAULT 0,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT imports_shape CHECK (CASE kind WHEN 'url' THEN url IS NOT NULL AND next_read_at IS NOT NULL ELSE url IS NULL AND next_read_at IS NULL END)
);
CREATE UNIQUE INDEX imports_one_url ON imports (resource_id, url) WHERE kind = 'url';
CREATE UNIQUE INDEX imports_one_file ON imports (resource_id, name) WHERE kind = 'file';
CREATE INDEX imports_center ON imports (center_id);
CREATE INDEX imports_due ON imports (next_read_at) WHERE kind = 'url';

-- What the other system says is taken, whether or not it could be blocked here. UID and original start name it from one reading to the next.
CREATE TABLE imported_times (
    import_id   uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
    uid         text NOT NULL,
    instance    text NOT NULL,
    resource_id uuid NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL CHECK (ends_at > starts_at),
    during      tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at, '[)')) STORED,
    doubt       text,
    PRIMARY KEY (import_id, uid, instance)
);
CREATE INDEX imported_times_during ON imported_times USING gist (resource_id, during);

-- A block that stands for imported times of its resource, of whichever import.
ALTER TABLE allocations ADD COLUMN imported boolean NOT NULL DEFAULT false;
CREATE INDEX allocations_imported ON allocations (resource_id, ends_at) WHERE imported;

-- Time that is let go here and taken in the other system is blocked in the same transaction, before anyone can see it free. It fills only what was let
-- go and is free of that, so it never waits for anybody.
CREATE FUNCTION allocations_keep_imported() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason, imported)
    SELECT gen_random_uuid(), OLD.resource_id, lower(piece), upper(piece), 'blocked', 'imported', true
    FROM (SELECT unnest(range_agg(t.during * OLD.during) - coalesce(
              (SELECT range_agg(a.during) FROM allocations a WHERE a.resource_id = OLD.resource_id AND a.during && OLD.during), '{}')) AS piece
          FROM imported_times t WHERE t.resource_id = OLD.resource_id AND t.during && OLD.during AND t.ends_at > now()) AS pieces
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER allocations_keep_imported_deleted AFTER DELETE ON allocations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT OLD.imported) EXECUTE FUNCTION allocations_keep_imported();
CREATE CONSTRAINT TRIGGER allocations_keep_imported_moved AFTER UPDATE ON allocations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NOT OLD.imported AND (OLD.resource_id, OLD.starts_at, OLD.ends_at) IS DISTINCT FROM (NEW.resource_id, NEW.starts_at, NEW.ends_at))
    EXECUTE FUNCTION allocations_keep_imported();
