// PostgreSQL behind the engine: its adapter, its keys and the removal of what expired.
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { errors } from 'oidc-provider';

const LOCK = 7226110912;

export function connect(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10, application_name: 'identity-engine', idleTimeoutMillis: 30_000 });
  pool.on('error', (error) => console.error(JSON.stringify({ level: 'error', event: 'database', message: error.message })));
  return pool;
}

/** Runs work while no other replica does: schema and keys are made once. */
async function alone(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

export async function migrate(pool) {
  const sql = await readFile(new URL('./schema.sql', import.meta.url), 'utf8');
  await alone(pool, (client) => client.query(sql));
}

/** The adapter class for one pool; oidc-provider makes one instance of it per model. */
export function adapterFor(pool) {
  return class PostgresAdapter {
    constructor(kind) {
      this.kind = kind;
    }

    async upsert(id, payload, expiresIn) {
      const values = [this.kind, id, payload, payload.grantId ?? null, payload.uid ?? null, payload.userCode ?? null, payload.accountId ?? null, expiresIn ?? null];
      const insert = `INSERT INTO oidc_model (kind, id, payload, grant_id, uid, user_code, account_id, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))`;
      if (this.kind === 'ReplayDetection') {
        // Looking and then saving lets concurrent uses of one assertion pass: here the primary key decides. Only an expired record may be replaced.
        const { rowCount } = await pool.query(
          `${insert} ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at
            WHERE oidc_model.expires_at <= now()`,
          values,
        );
        if (rowCount !== 1) throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
        return;
      }
      await pool.query(
        `${insert} ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
          user_code = excluded.user_code, account_id = excluded.account_id, expires_at = excluded.expires_at`,
        values,
      );
    }

    async find(id) {
      if (this.kind === 'Client') {
        const { rows } = await pool.query('SELECT metadata FROM oidc_client WHERE client_id = $1 AND disabled_at IS NULL', [id]);
        return rows[0] && { ...rows[0].metadata, client_id: id };
      }
      return this.#one('id = $2', id);
    }

    findByUid(uid) {
      return this.#one('uid = $2', uid);
    }

    findByUserCode(userCode) {
      return this.#one('user_code = $2', userCode);
    }

    /** One statement decides who redeems: of any number at the same time exactly one finds the row unconsumed. */
    async consume(id) {
      const { rowCount } = await pool.query(
        'UPDATE oidc_model SET consumed_at = now() WHERE kind = $1 AND id = $2 AND consumed_at IS NULL',
        [this.kind, id],
      );
      if (rowCount !== 1) throw new errors.InvalidGrant('already used');
    }

    async destroy(id) {
      await pool.query('DELETE FROM oidc_model WHERE kind = $1 AND id = $2', [this.kind, id]);
    }

    async revokeByGrantId(grantId) {
      await pool.query('DELETE FROM oidc_model WHERE grant_id = $1', [grantId]);
    }

    async #one(condition, value) {
      const { rows } = await pool.query(
        `SELECT payload, extract(epoch FROM consumed_at)::int AS consumed FROM oidc_model
          WHERE kind = $1 AND ${condition} AND (expires_at IS NULL OR expires_at > now())`,
        [this.kind, value],
      );
      return rows[0] && (rows[0].consumed ? { ...rows[0].payload, consumed: rows[0].consumed } : rows[0].payload);
    }
  };
}

/** Ends everything an account has at the engine: sessions, grants, codes and refresh tokens. Access tokens live ten minutes at most. */
export async function revokeAccount(pool, accountId) {
  const { rowCount } = await pool.query('DELETE FROM oidc_model WHERE account_id = $1', [accountId]);
  return rowCount;
}

export async function sweep(pool) {
  // A used refresh token stays until its own end, so that its reuse is noticed.
  for (;;) {
    const { rowCount } = await pool.query(
      `DELETE FROM oidc_model WHERE (kind, id) IN
        (SELECT kind, id FROM oidc_model WHERE expires_at < now() - interval '1 minute' LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
    );
    if (rowCount < 1000) return;
  }
}

const fresh = {
  sign: () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
  },
  cookie: () => randomBytes(32).toString('base64url'),
};

/**
 * The keys in the order of use: first the one that signs, then those that only verify. A key is published a day before it signs, so that
 * services which cached the key set know it by then, and is removed a week after its successor came.
 */
export async function loadKeys(pool, vault, rotateDays = 30) {
  return alone(pool, async (client) => {
    const keys = {};
    for (const kind of ['sign', 'cookie']) {
      await client.query(
        `DELETE FROM oidc_key k WHERE kind = $1 AND EXISTS
          (SELECT FROM oidc_key n WHERE n.kind = k.kind AND n.created_at > k.created_at AND n.created_at < now() - interval '8 days')`,
        [kind],
      );
      const { rows: young } = await client.query(
        'SELECT 1 FROM oidc_key WHERE kind = $1 AND created_at > now() - make_interval(days => $2) LIMIT 1',
        [kind, rotateDays],
      );
      if (young.length === 0) {
        const id = randomBytes(9).toString('base64url');
        await client.query('INSERT INTO oidc_key (kind, id, secret) VALUES ($1, $2, $3)', [kind, id, vault.seal(`${kind}:${id}`, fresh[kind]())]);
      }
      const { rows } = await client.query(
        `SELECT id, secret FROM oidc_key WHERE kind = $1
          ORDER BY created_at < now() - interval '1 day' OR (SELECT count(*) FROM oidc_key WHERE kind = $1) = 1 DESC, created_at DESC`,
        [kind],
      );
      keys[kind] = [];
      for (const { id, secret } of rows) {
        const place = `${kind}:${id}`;
        keys[kind].push({ id, secret: vault.isSealed(secret) ? vault.open(place, secret) : secret });
        if (!vault.isSealed(secret)) { // from a release that stored keys openly
          await client.query('UPDATE oidc_key SET secret = $3 WHERE kind = $1 AND id = $2', [kind, id, vault.seal(place, secret)]);
        }
      }
    }
    for (const { secret } of keys.sign) createPrivateKey({ key: secret, format: 'jwk' }); // a damaged key stops the start, not a sign-in
    return {
      jwks: { keys: keys.sign.map(({ id, secret }) => ({ ...secret, kid: id })) },
      cookies: keys.cookie.map(({ secret }) => secret),
      version: [...keys.sign, ...keys.cookie].map(({ id }) => id).join(),
    };
  });
}
