-- Messages that committed with a state change and wait to be carried to the broker.
CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL UNIQUE,
    destination text NOT NULL,
    content_type text NOT NULL,
    message_type text NOT NULL,
    body text NOT NULL,
    headers jsonb,
    props jsonb,
    conversation_id uuid,
    correlation_id uuid,
    initiator_id uuid,
    request_id uuid,
    source_address text,
    response_address text,
    fault_address text,
    partition_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    dead_at timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
CREATE INDEX outbox_waiting ON outbox (seq) WHERE dead_at IS NULL;
CREATE INDEX outbox_by_key ON outbox (partition_key, seq) WHERE partition_key IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (seq) WHERE dead_at IS NOT NULL;

-- What each consumer has already done.
CREATE TABLE inbox (
    message_id uuid NOT NULL,
    consumer_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (message_id, consumer_id)
);
CREATE INDEX inbox_age ON inbox USING brin (received_at);

-- One row per request that changed something, written with the change; the answer is given again for the same key.
CREATE TABLE idempotency (
    caller text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status int NOT NULL DEFAULT 0,
    content_type text,
    location text,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, route, key)
);
CREATE INDEX idempotency_age ON idempotency USING brin (created_at);
