-- A body that carries a secret is sealed while it waits. A column of its own: a replica of an older release fails on such a row instead of sending it unread.
ALTER TABLE outbox ALTER COLUMN body DROP NOT NULL;
ALTER TABLE outbox ADD COLUMN sealed_body bytea;
ALTER TABLE outbox ADD CONSTRAINT outbox_one_body CHECK ((body IS NULL) <> (sealed_body IS NULL));
