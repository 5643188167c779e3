-- What Catalog says of a country's entry rules. A message with a lower version never replaces one with a higher version.
CREATE TABLE entry_rules (
    country text PRIMARY KEY CHECK (length(country) = 2),
    version bigint NOT NULL,
    periods jsonb NOT NULL
);

-- How many retrievals and transfers a laboratory takes in an ISO week; the week is its Monday. A week without a row is not opened yet.
CREATE TABLE cycle_capacity (
    center_id text NOT NULL,
    step      text NOT NULL CHECK (step IN ('retrieval', 'transfer')),
    week      date NOT NULL CHECK (extract(isodow FROM week) = 1),
    capacity  integer NOT NULL CHECK (capacity BETWEEN 0 AND 1000),
    PRIMARY KEY (center_id, step, week)
);

-- An IVF cycle: a plan relative to day 1, with the weeks of capacity it keeps. It has the id of the hold it was placed with.
CREATE TABLE cycles (
    id         uuid PRIMARY KEY REFERENCES holds,
    center_id  text NOT NULL,
    time_zone  text NOT NULL,
    pattern    jsonb NOT NULL,
    -- expected: day 1 is a guess. started: the patient said so. triggered: retrieval is fixed to the hour.
    state      text NOT NULL CHECK (state IN ('expected', 'started', 'triggered')),
    attempt    integer NOT NULL DEFAULT 1,
    day1       date NOT NULL,
    trigger_at timestamptz,
    -- Rises with each change of a step, so that nobody accepts what they have not seen.
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cycles_trigger CHECK ((state = 'triggered') = (trigger_at IS NOT NULL))
);
CREATE INDEX cycles_center ON cycles (center_id, day1);

-- Which session a step of the plan is, and the start the laboratory accepted last.
CREATE TABLE cycle_steps (
    cycle_id    uuid NOT NULL REFERENCES cycles,
    attempt     integer NOT NULL,
    code        text NOT NULL,
    session_id  uuid NOT NULL REFERENCES sessions,
    accepted_at timestamptz,
    PRIMARY KEY (cycle_id, attempt, code)
);

-- One place of a week's capacity. Two cycles never have the same one. A row is dead when its hold ended unpaid or its booking ended: whoever takes a
-- place of the week removes such rows first, under the lock of the week.
CREATE TABLE cycle_reservations (
    cycle_id  uuid NOT NULL REFERENCES cycles,
    step      text NOT NULL,
    center_id text NOT NULL,
    week      date NOT NULL,
    place     integer NOT NULL CHECK (place > 0),
    booked    boolean NOT NULL,
    PRIMARY KEY (cycle_id, step),
    CONSTRAINT cycle_reservations_once UNIQUE (center_id, step, week, place),
    FOREIGN KEY (center_id, step, week) REFERENCES cycle_capacity
);
CREATE VIEW cycle_reservations_live AS
    SELECT r.* FROM cycle_reservations r JOIN holds h ON h.id = r.cycle_id LEFT JOIN bookings b ON b.id = h.booking_id
    WHERE CASE WHEN r.booked THEN b.state = 'confirmed' ELSE h.state = 'used' OR (h.state = 'held' AND h.expires_at > now()) END;
