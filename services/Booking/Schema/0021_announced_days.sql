-- The days with a free start that were told for each offer, so that only changes are told; as_of is the moment of the look they come from.
CREATE TABLE announced_days (
    offer_id uuid PRIMARY KEY,
    days     date[] NOT NULL,
    as_of    timestamptz NOT NULL
);
