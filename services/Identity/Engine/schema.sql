-- What the protocol engine remembers. Applied at each start under an advisory lock; every statement may run again.
CREATE TABLE IF NOT EXISTS oidc_model (
    kind text NOT NULL,
    id text NOT NULL,
    payload jsonb NOT NULL,
    grant_id text,
    uid text,
    user_code text,
    account_id text,
    organisation_id uuid, -- of a Grant: whom the person acts for; the roles are asked for again with every token
    consumed_at timestamptz,
    expires_at timestamptz,
    PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS oidc_model_grant ON oidc_model (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS oidc_model_account ON oidc_model (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS oidc_model_expiry ON oidc_model (expires_at) WHERE expires_at IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS oidc_model_uid ON oidc_model (kind, uid) WHERE uid IS NOT NULL;

-- Clients beside those of the configuration file: partners' and clinics' systems. metadata is RFC 7591 client metadata.
CREATE TABLE IF NOT EXISTS oidc_client (
    client_id text PRIMARY KEY,
    metadata jsonb NOT NULL,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Signing keys (kind 'sign': private JWK) and cookie keys (kind 'cookie'). The newest usable key signs, older ones still verify.
CREATE TABLE IF NOT EXISTS oidc_key (
    kind text NOT NULL CHECK (kind IN ('sign', 'cookie')),
    id text NOT NULL,
    secret jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, id)
);
