-- A signed-in browser. The cookie holds the id, this table only its hash; content (who, tokens) is encrypted with the site's data protection keys.
CREATE TABLE session (
    id_hash      bytea PRIMARY KEY,
    subject      text NOT NULL,
    content      bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '7 days',
    CONSTRAINT session_id_is_a_hash CHECK (octet_length(id_hash) = 32)
);

CREATE INDEX session_by_subject ON session (subject);
CREATE INDEX session_by_last_seen ON session (last_seen_at);
