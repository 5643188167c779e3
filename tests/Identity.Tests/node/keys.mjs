// Shows the engine's keys at four ages of the first one. Usage: node keys.mjs <database url>; prints the key ids, the signing one first.
import { connect, loadKeys, migrate } from '../../../services/Identity/Engine/storage.mjs';

const pool = connect(process.argv[2]);
await Promise.all([migrate(pool), migrate(pool)]);
const ids = async () => (await loadKeys(pool)).jwks.keys.map((key) => key.kid);
const age = (days) => pool.query('UPDATE oidc_key SET created_at = created_at - make_interval(days => $1)', [days]);

const replicas = await Promise.all([ids(), ids(), ids()]);
await age(31);
const published = await ids();
await age(2);
const signing = await ids();
await age(7);
const alone = await ids();
console.log(JSON.stringify({ replicas, published, signing, alone }));
await pool.end();
