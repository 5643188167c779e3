// Shows the engine's keys at four ages of the first one. Usage: node keys.mjs <database url>; prints the key ids, the signing one first.
import { connect, loadKeys, migrate } from '../../../services/Identity/Engine/storage.mjs';
import { createVault } from '../../../services/Identity/Engine/vault.mjs';

const pool = connect(process.argv[2]);
const vault = createVault('a secret of these tests, long enough');
await Promise.all([migrate(pool), migrate(pool)]);
const ids = async () => (await loadKeys(pool, vault)).jwks.keys.map((key) => key.kid);
const age = (days) => pool.query('UPDATE oidc_key SET created_at = created_at - make_interval(days => $1)', [days]);

const replicas = await Promise.all([ids(), ids(), ids()]);
await age(31);
const published = await ids();
await age(2);
const signing = await ids();
await age(7);
const alone = await ids();

// As an older release left them: open.
const { rows } = await pool.query('SELECT kind, id, secret FROM oidc_key');
for (const { kind, id, secret } of rows) {
  await pool.query('UPDATE oidc_key SET secret = $3 WHERE kind = $1 AND id = $2', [kind, id, JSON.stringify(vault.open(`${kind}:${id}`, secret))]);
}
const reopened = await ids();
const stored = await pool.query('SELECT secret::text FROM oidc_key');
const allSealed = stored.rows.length >= 2 && stored.rows.every(({ secret }) => secret.includes('"sealed"') && !secret.includes('"d"'));
const refusal = await loadKeys(pool, createVault('another secret, just as long as that one')).then(() => '', (error) => error.message);
console.log(JSON.stringify({ replicas, published, signing, alone, allSealed, reopened, refusal }));
await pool.end();
