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

-- A delivery of a radioactive tracer, for some procedures of a center. Where a center has entered any for a procedure, its starts are sold only with a
-- dose of one; elsewhere nothing changes.
CREATE TABLE tracer_batches (
    id             uuid PRIMARY KEY,
    center_id      text NOT NULL,
    procedure_ids  text[] NOT NULL CHECK (cardinality(procedure_ids) > 0),
    radionuclide   text NOT NULL CHECK (radionuclide IN ('F-18', 'Ga-68')),
    delivered_at   timestamptz NOT NULL,
    usable_until   timestamptz NOT NULL CHECK (usable_until > delivered_at),
    calibrated_at  timestamptz NOT NULL,
    -- What is in the vial at calibration, and what one patient gets at injection.
    activity_mbq   double precision NOT NULL CHECK (activity_mbq > 0),
    dose_mbq       double precision NOT NULL CHECK (dose_mbq > 0),
    uptake_minutes integer NOT NULL CHECK (uptake_minutes BETWEEN 0 AND 240),
    withdrawn      boolean NOT NULL DEFAULT false,
    entered_by     text NOT NULL,
    entered_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tracer_batches_center ON tracer_batches (center_id, delivered_at) WHERE NOT withdrawn;

-- A dose goes with the machine's time: when that is let go, whoever lets it go, the activity is free again. What a batch gives is decided under the lock
-- of its row: the sum of needed_mbq never exceeds activity_mbq.
CREATE TABLE tracer_doses (
    allocation_id uuid PRIMARY KEY REFERENCES allocations ON DELETE CASCADE,
    batch_id      uuid NOT NULL REFERENCES tracer_batches,
    injected_at   timestamptz NOT NULL,
    -- The dose, reckoned back to the batch's calibration.
    needed_mbq    double precision NOT NULL CHECK (needed_mbq > 0)
);
CREATE INDEX tracer_doses_batch ON tracer_doses (batch_id);
