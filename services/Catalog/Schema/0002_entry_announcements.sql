-- What the other services were told of a country's entry rules. Told again when the rules are others than these.
CREATE TABLE entry_announcements (
    country           text PRIMARY KEY CHECK (length(country) = 2),
    version           bigint NOT NULL,
    announced_version bigint NOT NULL,
    rules_hash        text NOT NULL,
    changed_at        timestamptz NOT NULL
);
