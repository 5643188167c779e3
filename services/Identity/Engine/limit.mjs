// A brake on the token endpoint, per client and address: many requests, or a few with wrong client credentials, in one window.
// Counted in this process, not in PostgreSQL: a flood must not become a flood of writes, and replicas only multiply a limit that is far below
// what guessing a secret of 192 bits would need.
const MOST_COUNTED = 20_000; // keys; beyond that strangers share one count, so that memory stays bounded

export function createTokenLimit({ requests, wrong, seconds }, now = Date.now) {
  let counts = new Map();
  let begin = now();

  function entry(key) {
    if (now() - begin >= seconds * 1000) {
      counts = new Map();
      begin = now();
    }
    const known = counts.get(key) ?? (counts.size < MOST_COUNTED ? undefined : counts.get('others'));
    if (known) return known;
    const fresh = { requests: 0, wrong: 0 };
    counts.set(counts.size < MOST_COUNTED ? key : 'others', fresh);
    return fresh;
  }

  /** Koa middleware. The client is known beforehand only from the header; who authenticates in the form shares one count per address. */
  return async function limit(ctx, next) {
    if (ctx.method !== 'POST' || ctx.path !== '/token') return next();
    const [, basic] = /^Basic ([\w+/=-]+)$/i.exec(ctx.get('authorization')) ?? [];
    const client = basic ? Buffer.from(basic, 'base64').toString('utf8').split(':', 1)[0].slice(0, 100) : '';
    const count = entry(`${ctx.ip} ${client}`);
    count.requests++;
    if (count.requests > requests || count.wrong >= wrong) {
      ctx.status = 429;
      ctx.set({ 'retry-after': String(Math.max(1, Math.ceil(seconds - (now() - begin) / 1000))), 'cache-control': 'no-store' });
      ctx.body = { error: 'temporarily_unavailable', error_description: 'too many requests; try again after the time in Retry-After' };
      return undefined;
    }
    await next();
    if (ctx.body?.error === 'invalid_client') count.wrong++;
    return undefined;
  };
}
