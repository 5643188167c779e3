-- Placed by way of the pattern's catch-up: a second one on its day, or one on a weekend. The rules of the course allow it what others may not.
ALTER TABLE sessions ADD COLUMN extra boolean NOT NULL DEFAULT false;

-- A resource that is down. Without an end it is down until further notice, and its status says so too; an end that comes early is written here.
CREATE TABLE outages (
    id           uuid PRIMARY KEY,
    center_id    text NOT NULL,
    resource_id  uuid NOT NULL REFERENCES resources,
    from_at      timestamptz NOT NULL,
    to_at        timestamptz CHECK (to_at >= from_at),
    reason       text NOT NULL,
    -- The closed stretch of its calendar; null if the status closes it.
    exception_id uuid,
    declared_by  text NOT NULL,
    declared_at  timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz
);
CREATE INDEX outages_resource ON outages (resource_id);
CREATE INDEX outages_center ON outages (center_id, declared_at DESC);

-- What a center may do about an outage, or about a session that a patient missed: whole proposals, one of which is chosen.
CREATE TABLE repairs (
    id         uuid PRIMARY KEY,
    center_id  text NOT NULL,
    outage_id  uuid REFERENCES outages,
    cause      text NOT NULL CHECK (cause IN ('outage', 'missed')),
    state      text NOT NULL CHECK (state IN ('planned', 'chosen', 'applied', 'withdrawn')),
    proposals  jsonb NOT NULL,
    booking_ids uuid[] NOT NULL,
    chosen_key text,
    -- Calendar exceptions that the chosen proposal opens, with the ids they get.
    openings   jsonb NOT NULL DEFAULT '[]',
    planned_by text NOT NULL,
    planned_at timestamptz NOT NULL DEFAULT now(),
    chosen_by  text,
    applied_by text,
    applied_at timestamptz
);
CREATE INDEX repairs_center ON repairs (center_id, planned_at DESC);
CREATE INDEX repairs_outage ON repairs (outage_id) WHERE outage_id IS NOT NULL;

-- One patient of a repair, moved whole or not at all. planned -> applied -> accepted | declined | undone; planned -> impossible | ended | withdrawn.
CREATE TABLE repair_patients (
    repair_id    uuid NOT NULL REFERENCES repairs,
    booking_id   uuid NOT NULL REFERENCES bookings,
    position     integer NOT NULL,
    state        text NOT NULL CHECK (state IN ('planned', 'applied', 'accepted', 'declined', 'undone', 'impossible', 'ended', 'withdrawn')),
    -- Asked for and not done yet; whoever comes by does it.
    pending      text CHECK (pending IN ('apply', 'undo')),
    -- A breakdown puts a row off, so that it does not keep the others waiting.
    attempts     integer NOT NULL DEFAULT 0,
    retry_at     timestamptz NOT NULL DEFAULT now(),
    plan         jsonb NOT NULL,
    approved_by  text,
    approved_at  timestamptz,
    told_at      timestamptz,
    answer_by    timestamptz,
    answered_by  text,
    answered_at  timestamptz,
    -- What a patient who declined asks for, and what the center then did.
    wish         text CHECK (wish IN ('refund', 'transfer', 'call')),
    resolution   text CHECK (resolution IN ('refund', 'transfer', 'kept', 'replanned')),
    resolved_by  text,
    -- Why it could not be applied, or not be undone.
    refusal      jsonb,
    PRIMARY KEY (repair_id, booking_id)
);
CREATE INDEX repair_patients_booking ON repair_patients (booking_id);
-- A patient answers one proposal at a time.
CREATE UNIQUE INDEX repair_patients_unanswered ON repair_patients (booking_id) WHERE state = 'applied';
CREATE INDEX repair_patients_pending ON repair_patients (retry_at) WHERE pending IS NOT NULL;
CREATE INDEX repair_patients_due ON repair_patients (answer_by) WHERE state = 'applied';

-- How long a running course was planned to take, from its first fraction's day to its last one's, before anything moved it; and when it was looked at last.
CREATE TABLE course_guards (
    booking_id   uuid PRIMARY KEY REFERENCES bookings,
    planned_days integer NOT NULL CHECK (planned_days >= 0),
    checked_on   date
);

CREATE INDEX bookings_courses ON bookings (id) WHERE state = 'confirmed' AND pattern IS NOT NULL;

-- What the gap guard told a center: a limit comes near or is broken. Each once.
CREATE TABLE gap_warnings (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id uuid NOT NULL REFERENCES bookings,
    center_id  text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('gap', 'prolongation', 'missed')),
    broken     boolean NOT NULL,
    on_date    date NOT NULL,
    found      integer NOT NULL,
    max        integer NOT NULL,
    warned_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gap_warnings_once UNIQUE (booking_id, kind, broken, on_date)
);
CREATE INDEX gap_warnings_center ON gap_warnings (center_id, warned_at DESC);
