-- How to reach the patient of a booking: this service's own copy, forgotten with the account.
CREATE TABLE contacts (
    booking_id uuid PRIMARY KEY,
    email text NOT NULL,
    given_names text NOT NULL,
    culture text NOT NULL,
    patient_time_zone text,
    neutral_title boolean NOT NULL,
    given_at timestamptz NOT NULL
);

-- What letters and calendars need to know of a booking, from whichever message told it first.
CREATE TABLE bookings (
    booking_id uuid PRIMARY KEY,
    reference text,
    patient_subject text
);
CREATE INDEX bookings_of_patient ON bookings (patient_subject) WHERE patient_subject IS NOT NULL;

-- Accounts that are gone. A message that was under way while its account was erased leaves nothing behind.
CREATE TABLE erasures (
    patient_subject text PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now()
);

-- Stored first, sent later. "key" is what the letter is about, so a repeated message cannot queue it twice.
-- The payload (the message that asked for the letter) is wiped as soon as the letter is sent or dropped: it may hold a code or a link.
CREATE TABLE mails (
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    key text NOT NULL,
    booking_id uuid,
    sequence int NOT NULL DEFAULT 0,
    payload jsonb,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead', 'dropped')),
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_error text,
    trace_parent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CONSTRAINT one_mail_per_event UNIQUE (kind, key),
    CHECK (state NOT IN ('waiting', 'dead') OR payload IS NOT NULL),
    CHECK (state NOT IN ('sent', 'dropped') OR payload IS NULL),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX mails_to_send ON mails (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX mails_waiting_of_booking ON mails (booking_id, seq) WHERE state = 'waiting';
CREATE INDEX mails_by_state ON mails (state, seq DESC);

-- The latest calendar event of each booking; the file is written from it when it is asked for.
CREATE TABLE calendars (
    booking_id uuid PRIMARY KEY,
    reference text NOT NULL,
    sequence int NOT NULL,
    cancelled boolean NOT NULL,
    procedure_names jsonb NOT NULL,
    center_names jsonb NOT NULL,
    time_zone text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
