-- What is due per booking. The amount comes from Booking's message and from nowhere else.
CREATE TABLE charges (
    id               uuid PRIMARY KEY,
    booking_id       uuid NOT NULL UNIQUE,
    reference        text NOT NULL,
    center_id        text NOT NULL,
    amount_minor     bigint NOT NULL CHECK (amount_minor >= 0),
    currency         text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    culture          text NOT NULL,
    due_by           timestamptz NOT NULL,
    fence            integer NOT NULL,
    closed           text CHECK (closed IN ('expired', 'released', 'cancelled')), -- why nothing is due any more
    paid_checkout_id uuid,
    paid_at          timestamptz,
    last_failure     text,
    last_failed_at   timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CHECK ((paid_checkout_id IS NULL) = (paid_at IS NULL))
);

-- One payment page each. Everything the provider is asked with is stored with its idempotency key before the first call,
-- so that the same call can be made again after a crash.
CREATE TABLE checkouts (
    id                     uuid PRIMARY KEY,
    charge_id              uuid NOT NULL REFERENCES charges,
    fence                  integer NOT NULL,
    amount_minor           bigint NOT NULL CHECK (amount_minor > 0),
    currency               text NOT NULL,
    idempotency_key        text NOT NULL UNIQUE,
    success_url            text NOT NULL,
    cancel_url             text NOT NULL,
    locale                 text NOT NULL,
    expires_at             timestamptz NOT NULL,
    state                  text NOT NULL CHECK (state IN ('opening', 'open', 'processing', 'expired', 'failed', 'paid')),
    wanted                 boolean NOT NULL DEFAULT true, -- false: to be closed at the provider
    session_id             text UNIQUE,
    url                    text,
    payment_id             text UNIQUE,
    captured_minor         bigint NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
    refund_committed_minor bigint NOT NULL DEFAULT 0 CHECK (refund_committed_minor >= 0),
    refunded_minor         bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    next_check_at          timestamptz NOT NULL DEFAULT now(),
    created_at             timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT refunds_within_captured CHECK (refund_committed_minor <= captured_minor AND refunded_minor <= refund_committed_minor),
    CONSTRAINT captured_when_paid CHECK ((state = 'paid') = (captured_minor > 0))
);
CREATE UNIQUE INDEX checkouts_one_wanted ON checkouts (charge_id) WHERE wanted AND state IN ('opening', 'open');
CREATE INDEX checkouts_to_check ON checkouts (next_check_at) WHERE state IN ('opening', 'open', 'processing');
ALTER TABLE charges ADD FOREIGN KEY (paid_checkout_id) REFERENCES checkouts;

-- A refund is owed once it is a row; a worker carries it out.
CREATE TABLE refunds (
    id                 uuid PRIMARY KEY,
    charge_id          uuid NOT NULL REFERENCES charges,
    checkout_id        uuid NOT NULL REFERENCES checkouts,
    amount_minor       bigint NOT NULL CHECK (amount_minor > 0),
    currency           text NOT NULL,
    reason             text NOT NULL CHECK (reason IN ('cancelled', 'unplaceable', 'duplicate', 'external')),
    state              text NOT NULL CHECK (state IN ('queued', 'submitted', 'succeeded', 'failed')),
    try                integer NOT NULL DEFAULT 1,
    idempotency_key    text NOT NULL UNIQUE,
    provider_refund_id text UNIQUE,
    failure            text,
    first_called_at    timestamptz,
    next_check_at      timestamptz NOT NULL DEFAULT now(),
    attempts           integer NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL DEFAULT now(),
    issued_at          timestamptz
);
CREATE UNIQUE INDEX refunds_once_per_reason ON refunds (checkout_id, reason) WHERE reason <> 'external';
CREATE INDEX refunds_to_send ON refunds (next_check_at) WHERE state IN ('queued', 'submitted');

-- Hints from the provider: identifiers only, because bodies hold the payer's name and e-mail address.
CREATE TABLE provider_events (
    id           text PRIMARY KEY,
    type         text NOT NULL,
    object_id    text NOT NULL,
    live         boolean NOT NULL,
    created_at   timestamptz NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT now(),
    attempts     integer NOT NULL DEFAULT 0,
    next_try_at  timestamptz NOT NULL DEFAULT now(),
    processed_at timestamptz,
    outcome      text
);
CREATE INDEX provider_events_waiting ON provider_events (next_try_at) WHERE processed_at IS NULL;

-- Two different events may tell of one fact: each fact about an object is acted on once.
CREATE TABLE provider_transitions (
    object_id  text NOT NULL,
    transition text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (object_id, transition)
);

-- Double entry. Positive is debit, negative is credit; each transaction sums to zero per currency and nothing is ever changed.
CREATE TABLE ledger_transaction (
    id         uuid PRIMARY KEY,
    charge_id  uuid NOT NULL REFERENCES charges,
    booking_id uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('deposit', 'surplus', 'refund-due', 'refund-issued', 'refund-failed')),
    subject    text NOT NULL, -- the checkout or the try of a refund it is about
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (charge_id, kind, subject)
);
CREATE UNIQUE INDEX ledger_one_deposit_per_charge ON ledger_transaction (charge_id) WHERE kind = 'deposit';
CREATE INDEX ledger_by_booking ON ledger_transaction (booking_id);

CREATE TABLE ledger_entry (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id uuid NOT NULL REFERENCES ledger_transaction,
    account        text NOT NULL CHECK (account IN ('provider-receivable', 'deposits-held', 'refunds-payable')),
    amount_minor   bigint NOT NULL CHECK (amount_minor <> 0),
    currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE INDEX ledger_entry_transaction ON ledger_entry (transaction_id);

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

CREATE FUNCTION ledger_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid := CASE TG_TABLE_NAME WHEN 'ledger_entry' THEN (to_jsonb(NEW) ->> 'transaction_id')::uuid ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entry WHERE transaction_id = checked)
       OR EXISTS (SELECT FROM ledger_entry WHERE transaction_id = checked GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero', checked USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_sums_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_sums_to_zero AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_sums_to_zero();
CREATE CONSTRAINT TRIGGER ledger_transaction_sums_to_zero AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_sums_to_zero();
