-- The message of a letter is sealed while it waits: it may hold a code, a link or a guest's key. A column of its own: a replica of an older release
-- fails on such a row instead of writing what it cannot read. The open column keeps what older releases left, until the start that seals it.
ALTER TABLE mails ADD COLUMN sealed_payload bytea;
ALTER TABLE mails DROP CONSTRAINT mails_check, DROP CONSTRAINT mails_check1;
ALTER TABLE mails ADD CONSTRAINT one_payload_until_sent
    CHECK (num_nonnulls(payload, sealed_payload) = CASE WHEN state IN ('waiting', 'dead') THEN 1 ELSE 0 END);
