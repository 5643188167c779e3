-- Who waits for time of an offer, in the order in which they joined. An entry is changed under its row lock; who is next is decided under the
-- center's lock (see FreedTime), so that the order of place is the order in which the entries were committed.
CREATE TABLE waitlist_entries (
    id              uuid PRIMARY KEY,
    place           bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    offer_id        uuid NOT NULL,
    center_id       text NOT NULL,
    time_zone       text NOT NULL,
    state           text NOT NULL CHECK (state IN ('waiting', 'offered', 'booked', 'removed', 'ended')),
    -- The window in days of the center, both included, and as moments [from_at, to_at).
    from_on         date NOT NULL,
    to_on           date NOT NULL CHECK (to_on >= from_on),
    from_at         timestamptz NOT NULL,
    to_at           timestamptz NOT NULL CHECK (to_at > from_at),
    weekdays        integer[] NOT NULL,
    earliest        time,
    latest          time CHECK (latest >= earliest),
    access_key_hash bytea NOT NULL,
    -- A hash of who joined (account, agency or address): counts, and keeps one caller from entering a person twice.
    caller          bytea,
    person          bytea,
    patient_subject text,
    organisation_id uuid,
    lapses          integer NOT NULL DEFAULT 0,
    ended_because   text CHECK (ended_because IN ('window-past', 'offers-lapsed')),
    booking_id      uuid REFERENCES bookings,
    joined_at       timestamptz NOT NULL DEFAULT now(),
    changed_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX waitlist_entries_line ON waitlist_entries (center_id, place) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_entries_over ON waitlist_entries (to_at) WHERE state = 'waiting';
CREATE INDEX waitlist_entries_caller ON waitlist_entries (caller) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_entries_subject ON waitlist_entries (patient_subject) WHERE patient_subject IS NOT NULL;
CREATE INDEX waitlist_entries_organisation ON waitlist_entries (organisation_id, place) WHERE organisation_id IS NOT NULL;
CREATE UNIQUE INDEX waitlist_entries_once ON waitlist_entries (offer_id, caller, person) WHERE state IN ('waiting', 'offered');

-- Personal data, apart from the entry and deleted when it ends.
CREATE TABLE waitlist_people (
    entry_id      uuid PRIMARY KEY REFERENCES waitlist_entries,
    family_name   text NOT NULL,
    given_names   text NOT NULL,
    date_of_birth date,
    citizenship   text,
    email         text NOT NULL,
    phone         text,
    culture       text NOT NULL,
    time_zone     text,
    neutral_title boolean NOT NULL
);

-- One offer per hold and one live offer per entry, whoever writes at the same time.
CREATE TABLE waitlist_offers (
    hold_id    uuid PRIMARY KEY REFERENCES holds,
    entry_id   uuid NOT NULL REFERENCES waitlist_entries,
    state      text NOT NULL CHECK (state IN ('live', 'lapsed', 'declined', 'booked')),
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    offered_at timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz
);
CREATE UNIQUE INDEX waitlist_offers_one_live ON waitlist_offers (entry_id) WHERE state = 'live';
CREATE INDEX waitlist_offers_entry ON waitlist_offers (entry_id);

-- Time that became free and was not yet offered to everyone it could serve. A row is gone when it was.
CREATE TABLE freed_times (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    center_id text NOT NULL,
    from_at   timestamptz NOT NULL,
    to_at     timestamptz NOT NULL CHECK (to_at > from_at),
    due_at    timestamptz NOT NULL DEFAULT now(),
    noted_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX freed_times_due ON freed_times (due_at);

-- For so long after its end a hold keeps its time from everybody, so that the sweep can hand it on to the next in line. Its holder's time is over all the same.
ALTER TABLE holds ADD COLUMN grace_seconds integer NOT NULL DEFAULT 0 CHECK (grace_seconds BETWEEN 0 AND 600);

-- More keys that open a hold, and the booking made of it. Only hashes are kept.
CREATE TABLE hold_keys (
    hold_id    uuid NOT NULL REFERENCES holds,
    key_hash   bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (hold_id, key_hash)
);
