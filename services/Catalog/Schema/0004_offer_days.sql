-- The days on which an offer has a free start, as Booking told them last: to order a search by. What is really free, Booking says.
CREATE TABLE offer_days (
    offer_id uuid PRIMARY KEY,
    days     date[] NOT NULL,
    as_of    timestamptz NOT NULL
);
