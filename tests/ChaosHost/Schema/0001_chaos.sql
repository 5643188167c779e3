-- What producers committed, and what consumers did. No unique key on purpose: a repeated effect must show.
CREATE TABLE command (id uuid PRIMARY KEY, grp uuid NOT NULL, n int NOT NULL);
CREATE TABLE effect (id uuid NOT NULL, stage int NOT NULL, grp uuid NOT NULL, n int NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
