-- What Catalog says of a country's entry rules. A message with a lower version never replaces one with a higher version.
CREATE TABLE entry_rules (
    country text PRIMARY KEY CHECK (length(country) = 2),
    version bigint NOT NULL,
    periods jsonb NOT NULL
);
