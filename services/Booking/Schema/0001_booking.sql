CREATE EXTENSION IF NOT EXISTS btree_gist;

-- What is sold: copies of Catalog's facts. A message with a lower version never replaces one with a higher version.
CREATE TABLE offer_terms (
    offer_id            uuid PRIMARY KEY,
    version             bigint NOT NULL,
    procedure_id        text NOT NULL,
    procedure_names     jsonb NOT NULL,
    service_line        text NOT NULL,
    center_id           text NOT NULL,
    center_names        jsonb NOT NULL,
    city_id             text NOT NULL,
    time_zone           text NOT NULL,
    mode                text NOT NULL,
    duration_minutes    integer NOT NULL,
    resource_kinds      text[] NOT NULL,
    price_minor         bigint NOT NULL CHECK (price_minor >= 0),
    deposit_minor       bigint NOT NULL CHECK (deposit_minor >= 0),
    currency            text NOT NULL,
    cancellation_ladder jsonb NOT NULL,
    blocking_questions  text[] NOT NULL,
    demo                boolean NOT NULL,
    published_at        timestamptz NOT NULL
);
CREATE INDEX offer_terms_center ON offer_terms (center_id);

-- A row of its own, because a withdrawal may arrive before the offer it withdraws.
CREATE TABLE offer_withdrawals (
    offer_id     uuid PRIMARY KEY,
    version      bigint NOT NULL,
    withdrawn_at timestamptz NOT NULL
);

-- The version of a machine's facts that was applied last.
CREATE TABLE equipment_versions (
    equipment_id text PRIMARY KEY,
    version      bigint NOT NULL
);

-- What one appointment can occupy: a machine, a chair, a room. Several identical units are several lanes.
CREATE TABLE resources (
    id           uuid PRIMARY KEY,
    center_id    text NOT NULL,
    kind         text NOT NULL,
    name         text NOT NULL,
    lane         integer NOT NULL DEFAULT 1,
    time_zone    text NOT NULL,
    status       text NOT NULL CHECK (status IN ('planned', 'commissioning', 'open', 'closed')),
    equipment_id text,
    slot_minutes integer NOT NULL CHECK (slot_minutes BETWEEN 0 AND 43200), -- a bed in a ward is taken for days
    demo         boolean NOT NULL
);
CREATE INDEX resources_center ON resources (center_id, kind);
CREATE INDEX resources_equipment ON resources (equipment_id);

-- Opening hours in the resource's local time; weekday as ISO 8601 counts (Monday 1). An end at or before the start is on the next day.
CREATE TABLE weekly_hours (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource_id uuid NOT NULL REFERENCES resources ON DELETE CASCADE,
    weekday     smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    from_local  time NOT NULL,
    to_local    time NOT NULL,
    valid_from  date,
    valid_to    date,
    note        text
);
CREATE INDEX weekly_hours_resource ON weekly_hours (resource_id);

-- One resource, or the whole center if resource_id is null.
CREATE TABLE calendar_exceptions (
    id          uuid PRIMARY KEY,
    center_id   text NOT NULL,
    resource_id uuid REFERENCES resources ON DELETE CASCADE,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL CHECK (to_at > from_at),
    kind        text NOT NULL CHECK (kind IN ('closed', 'open')),
    reason      text
);
CREATE INDEX calendar_exceptions_center ON calendar_exceptions (center_id, to_at);

CREATE TABLE public_holidays (
    country  text NOT NULL,
    date     date NOT NULL,
    name     text NOT NULL,
    official boolean NOT NULL,
    source   text NOT NULL,
    PRIMARY KEY (country, date)
);

CREATE TABLE holds (
    id              uuid PRIMARY KEY,
    offer_id        uuid NOT NULL,
    center_id       text NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    state           text NOT NULL CHECK (state IN ('held', 'used', 'released', 'expired')),
    expires_at      timestamptz NOT NULL,
    extensions      integer NOT NULL DEFAULT 0,
    checkouts       integer NOT NULL DEFAULT 0,
    fence           integer NOT NULL,
    resources       integer NOT NULL,
    booking_id      uuid,
    access_key_hash bytea NOT NULL,
    -- A hash of who holds, for the limit of live holds only; forgotten when the hold ends.
    holder          bytea,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX holds_due ON holds (expires_at) WHERE state = 'held';
CREATE INDEX holds_holder ON holds (holder) WHERE state = 'held';

-- The truth about time. Every row here is live: what is released, expired or cancelled is deleted, its history is in holds and booking_events.
-- A held row past expires_at counts as free for every reader and is deleted by the next taker of the same time, or by the sweep.
CREATE TABLE allocations (
    id          uuid PRIMARY KEY,
    resource_id uuid NOT NULL REFERENCES resources,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL CHECK (ends_at > starts_at),
    during      tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at, '[)')) STORED,
    state       text NOT NULL CHECK (state IN ('held', 'booked', 'blocked', 'allotted')),
    expires_at  timestamptz,
    hold_id     uuid REFERENCES holds,
    booking_id  uuid,
    reason      text,
    fence       integer NOT NULL DEFAULT 0,
    CONSTRAINT allocations_one_at_a_time EXCLUDE USING gist (resource_id WITH =, during WITH &&),
    CONSTRAINT allocations_shape CHECK (CASE state
        WHEN 'held' THEN hold_id IS NOT NULL AND expires_at IS NOT NULL
        WHEN 'booked' THEN booking_id IS NOT NULL AND expires_at IS NULL
        WHEN 'blocked' THEN reason IS NOT NULL AND expires_at IS NULL
        ELSE expires_at IS NULL END)
);
CREATE INDEX allocations_hold ON allocations (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX allocations_booking ON allocations (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX allocations_due ON allocations (expires_at) WHERE state = 'held';

CREATE TABLE bookings (
    id                  uuid PRIMARY KEY,
    reference           text NOT NULL CONSTRAINT bookings_reference UNIQUE CHECK (reference ~ '^KZ-[0-9A-Z]{4}-[0-9A-Z]{2}$'),
    hold_id             uuid REFERENCES holds,
    fence               integer NOT NULL,
    state               text NOT NULL CHECK (state IN ('awaiting_deposit', 'confirmed', 'cancelled', 'expired', 'refunding', 'refunded')),
    offer_id            uuid NOT NULL,
    procedure_id        text NOT NULL,
    procedure_names     jsonb NOT NULL,
    service_line        text NOT NULL,
    center_id           text NOT NULL,
    center_names        jsonb NOT NULL,
    city_id             text NOT NULL,
    time_zone           text NOT NULL,
    starts_at           timestamptz NOT NULL,
    ends_at             timestamptz NOT NULL,
    resource_kinds      text[] NOT NULL,
    price_minor         bigint NOT NULL,
    deposit_minor       bigint NOT NULL,
    currency            text NOT NULL,
    cancellation_ladder jsonb NOT NULL,
    deposit_paid_minor  bigint NOT NULL DEFAULT 0,
    charge_id           uuid,
    refund_due_minor    bigint NOT NULL DEFAULT 0,
    refunded_minor      bigint NOT NULL DEFAULT 0,
    patient_subject     text,
    culture             text NOT NULL,
    referral_code       text,
    referral_touched_at timestamptz,
    sequence            integer NOT NULL DEFAULT 0,
    cancelled_by        text,
    demo                boolean NOT NULL,
    placed_at           timestamptz NOT NULL,
    changed_at          timestamptz NOT NULL
);
CREATE UNIQUE INDEX bookings_hold ON bookings (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX bookings_center ON bookings (center_id, starts_at);
CREATE INDEX bookings_subject ON bookings (patient_subject) WHERE patient_subject IS NOT NULL;

-- Personal data, apart from the booking so that it can be erased without it.
CREATE TABLE booking_people (
    booking_id    uuid PRIMARY KEY REFERENCES bookings,
    family_name   text NOT NULL,
    given_names   text NOT NULL,
    date_of_birth date NOT NULL,
    citizenship   text NOT NULL,
    for_self      boolean NOT NULL,
    email         text NOT NULL,
    phone         text,
    culture       text NOT NULL,
    time_zone     text,
    neutral_title boolean NOT NULL
);

CREATE TABLE booking_answers (
    booking_id  uuid NOT NULL REFERENCES bookings,
    question_id text NOT NULL,
    value       text NOT NULL CHECK (value IN ('yes', 'no', 'unknown')),
    PRIMARY KEY (booking_id, question_id)
);

-- Who knows one of these keys may see and change the booking. Only hashes are kept.
CREATE TABLE booking_keys (
    booking_id uuid NOT NULL REFERENCES bookings,
    key_hash   bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (booking_id, key_hash)
);

-- A request is only written down; whether it matches a booking is decided later, so the answer's time tells nothing.
CREATE TABLE booking_code_requests (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference     text NOT NULL,
    date_of_birth date NOT NULL,
    requested_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE booking_codes (
    id         uuid PRIMARY KEY,
    booking_id uuid NOT NULL REFERENCES bookings,
    code_hash  bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    tries      integer NOT NULL DEFAULT 0,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX booking_codes_booking ON booking_codes (booking_id, created_at);

-- What happened to a booking, and who looked at it. Append-only.
CREATE TABLE booking_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id uuid NOT NULL REFERENCES bookings,
    kind       text NOT NULL,
    from_state text,
    to_state   text,
    actor      text NOT NULL,
    detail     text,
    at         timestamptz NOT NULL
);
CREATE INDEX booking_events_booking ON booking_events (booking_id, id);
CREATE RULE booking_events_no_update AS ON UPDATE TO booking_events DO INSTEAD NOTHING;

-- One row per refund Payment reported, so that a repeated report is not added twice.
CREATE TABLE booking_refunds (
    refund_id    uuid PRIMARY KEY,
    booking_id   uuid NOT NULL REFERENCES bookings,
    amount_minor bigint NOT NULL,
    issued_at    timestamptz NOT NULL
);

CREATE TABLE demo_seeds (
    name    text PRIMARY KEY,
    done_at timestamptz NOT NULL DEFAULT now()
);
