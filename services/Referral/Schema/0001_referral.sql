CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE agencies (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    demo boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Both dates belong to the agreement. Two percentages for one line on one day cannot exist.
CREATE TABLE agreements (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies (id),
    service_line text NOT NULL,
    percent numeric(5, 2) NOT NULL CHECK (percent > 0 AND percent <= 50),
    valid_from date NOT NULL,
    valid_until date,
    demo boolean NOT NULL,
    CHECK (valid_until >= valid_from),
    CONSTRAINT one_percentage_a_day EXCLUDE USING gist (
        agency_id WITH =, service_line WITH =, daterange(valid_from, valid_until, '[]') WITH &&)
);

CREATE TABLE links (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies (id),
    code text NOT NULL CONSTRAINT one_link_per_code UNIQUE CHECK (code ~ '^[2-9A-HJKMNP-Z]{8}$'),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 80),
    offer_id uuid,
    demo boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX links_of_agency ON links (agency_id, created_at DESC);

CREATE TABLE visits (
    link_id uuid NOT NULL REFERENCES links (id),
    day date NOT NULL,
    count bigint NOT NULL CHECK (count > 0),
    PRIMARY KEY (link_id, day)
);

-- What the booking service said about a booking, in whatever order it arrived. Its row lock serialises the consumers of one booking.
CREATE TABLE booking_facts (
    booking_id uuid PRIMARY KEY,
    confirmed_price_minor bigint,
    currency text,
    confirmed_at timestamptz,
    cancelled_at timestamptz
);

-- One attribution per booking. A refused one says why.
CREATE TABLE referrals (
    booking_id uuid PRIMARY KEY,
    reference text NOT NULL,
    agency_id uuid REFERENCES agencies (id),
    link_id uuid REFERENCES links (id),
    code text NOT NULL,
    service_line text NOT NULL,
    state text NOT NULL CHECK (state IN ('refused', 'attributed', 'pending', 'void')),
    refused_reason text,
    percent numeric(5, 2),
    price_minor bigint NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    commission_minor bigint CHECK (commission_minor >= 0),
    touched_at timestamptz NOT NULL,
    placed_at timestamptz NOT NULL,
    starts_at timestamptz NOT NULL,
    accrued_at timestamptz,
    voided_at timestamptz,
    demo boolean NOT NULL,
    CHECK ((state = 'refused') = (refused_reason IS NOT NULL)),
    CHECK (state = 'refused' OR (agency_id IS NOT NULL AND percent IS NOT NULL)),
    CHECK (state <> 'pending' OR (commission_minor IS NOT NULL AND accrued_at IS NOT NULL)),
    CHECK ((state = 'void') = (voided_at IS NOT NULL))
);
CREATE INDEX referrals_of_agency ON referrals (agency_id, placed_at DESC, booking_id);
CREATE INDEX referrals_by_state ON referrals (state, placed_at DESC);
