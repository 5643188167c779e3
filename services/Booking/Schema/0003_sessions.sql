-- A treatment is one or more sessions. Every confirmed booking has its sessions here; a held course has them from the moment it is held.

-- Machines of one center with the same set are beam-matched: a plan made for one can be treated on another.
ALTER TABLE resources ADD COLUMN matched_set text;

-- What a clinician ordered for one patient: a procedure, its pattern with this patient's numbers, a price, and until when both are valid.
CREATE TABLE treatment_plans (
    id              uuid PRIMARY KEY,
    offer_id        uuid NOT NULL,
    center_id       text NOT NULL,
    state           text NOT NULL CHECK (state IN ('issued', 'held', 'booked', 'withdrawn')),
    pattern         jsonb NOT NULL,
    -- 1 emergency, 2 urgent, 3 soon, 4 can wait; with ready_on and due_on it decides who goes first where time is scarce.
    priority        smallint NOT NULL CHECK (priority BETWEEN 1 AND 4),
    ready_on        date NOT NULL,
    due_on          date,
    price_minor     bigint NOT NULL CHECK (price_minor >= 0),
    deposit_minor   bigint NOT NULL CHECK (deposit_minor BETWEEN 0 AND price_minor),
    currency        text NOT NULL,
    valid_until     timestamptz NOT NULL,
    access_key_hash bytea NOT NULL,
    issued_by       text NOT NULL,
    issued_at       timestamptz NOT NULL DEFAULT now(),
    booking_id      uuid REFERENCES bookings,
    demo            boolean NOT NULL
);
CREATE INDEX treatment_plans_center ON treatment_plans (center_id, issued_at DESC);

-- Personal data, apart from the plan so that it can be erased without it.
CREATE TABLE treatment_plan_people (
    plan_id       uuid PRIMARY KEY REFERENCES treatment_plans,
    family_name   text NOT NULL,
    given_names   text NOT NULL,
    date_of_birth date NOT NULL,
    citizenship   text NOT NULL,
    email         text NOT NULL,
    phone         text,
    culture       text NOT NULL,
    neutral_title boolean NOT NULL
);

-- A hold for a treatment plan is sold under the plan's terms, all others under their offer's.
ALTER TABLE holds ADD COLUMN plan_id uuid REFERENCES treatment_plans;
ALTER TABLE bookings ADD COLUMN plan_id uuid REFERENCES treatment_plans;
ALTER TABLE bookings ADD COLUMN pattern jsonb;

CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    hold_id    uuid REFERENCES holds,
    booking_id uuid REFERENCES bookings,
    -- Counts within the booking, from 1, planning visits too; never reused.
    number     integer NOT NULL CHECK (number > 0),
    phase      text NOT NULL,
    trip       smallint NOT NULL DEFAULT 1,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    -- Its resources, the machine first. They stay known when the time is let go, so that it can be taken anew.
    resource_ids uuid[] NOT NULL,
    -- held: not paid yet. proposed: moved by a cycle or a repair, waits for someone's word, its time is taken all the same.
    state      text NOT NULL CHECK (state IN ('held', 'booked', 'proposed', 'delivered', 'missed', 'cancelled')),
    -- Rises with each change the patient's calendar must learn of (iCalendar SEQUENCE).
    sequence   integer NOT NULL DEFAULT 0,
    CONSTRAINT sessions_belong CHECK (hold_id IS NOT NULL OR booking_id IS NOT NULL)
);
CREATE INDEX sessions_hold ON sessions (hold_id) WHERE hold_id IS NOT NULL;
CREATE UNIQUE INDEX sessions_booking ON sessions (booking_id, number) WHERE booking_id IS NOT NULL;
CREATE INDEX sessions_ahead ON sessions (starts_at) WHERE state IN ('booked', 'proposed');

ALTER TABLE allocations ADD COLUMN session_id uuid REFERENCES sessions;
CREATE INDEX allocations_session ON allocations (session_id) WHERE session_id IS NOT NULL;

-- What was confirmed before this file.
INSERT INTO sessions (id, hold_id, booking_id, number, phase, starts_at, ends_at, resource_ids, state, sequence)
SELECT b.id, b.hold_id, b.id, 1, 'visit', b.starts_at, b.ends_at,
       (SELECT coalesce(array_agg(a.resource_id ORDER BY a.resource_id), '{}') FROM allocations a WHERE a.booking_id = b.id), 'booked', b.sequence
FROM bookings b WHERE b.state = 'confirmed';
UPDATE allocations SET session_id = booking_id WHERE booking_id IN (SELECT id FROM sessions);
