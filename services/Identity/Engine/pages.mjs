// The engine's own few pages, in the market's style and in the visitor's language. They work without scripts.
import { readFileSync } from 'node:fs';

const CULTURES = ['en', 'ru', 'kk', 'fr', 'ar'];
const texts = Object.fromEntries(CULTURES.map((culture) => [
  culture, JSON.parse(readFileSync(new URL(`../Locales/${culture}.json`, import.meta.url), 'utf8')),
]));

const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function cultureOf(ctx) {
  const asked = String(ctx.query?.ui_locales ?? ctx.oidc?.params?.ui_locales ?? '').split(' ').map((tag) => tag.split('-')[0]);
  return asked.find((tag) => CULTURES.includes(tag)) || ctx.acceptsLanguages(...CULTURES) || 'en';
}

function page(ctx, settings, titleKey, body) {
  const culture = cultureOf(ctx);
  const text = (key) => escape(texts[culture][key] ?? texts.en[key] ?? key);
  ctx.type = 'html';
  ctx.set({
    'content-security-policy': `default-src 'none'; style-src ${new URL(settings.loginUrl).origin}; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  ctx.body = `<!doctype html>
<html lang="${culture}" dir="${culture === 'ar' ? 'rtl' : 'ltr'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${text(titleKey)} · ${text('brand')}</title>
<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="${escape(settings.loginUrl)}/site.css"></head>
<body data-audience="patient">
<header class="bar"><div class="wrap bar__in"><a class="brand" href="${escape(settings.webUrl)}">${text('brand')}</a></div></header>
<main id="main"><div class="wrap page"><div class="narrow stack stack--wide"><h1>${text(titleKey)}</h1>${body(text)}</div></div></main>
</body></html>`;
}

export const errorPage = (settings) => async (ctx, out) => {
  page(ctx, settings, 'engine.error.title', (text) => `
    <p>${text(out.error === 'session_not_found' ? 'engine.error.expired' : 'engine.error.text')}</p>
    <p class="note"><bdi>${escape(out.error)}</bdi>${out.error_description ? `: <span lang="en" dir="ltr">${escape(out.error_description)}</span>` : ''}</p>
    <p><a class="btn btn--primary" href="${escape(settings.webUrl)}">${text('engine.error.back')}</a></p>`);
};

/** The application that asks shows a valid id token of this very person, so no further question is needed; otherwise the person confirms. */
export const logoutPage = (settings) => async (ctx, form) => {
  const { session, entities, provider } = ctx.oidc;
  const { postLogoutRedirectUri, state } = session.state;
  if (entities.IdTokenHint?.payload.sub === session.accountId && postLogoutRedirectUri) {
    for (const { grantId } of Object.values(session.authorizations ?? {})) {
      if (!grantId) continue;
      await provider.RefreshToken.revokeByGrantId(grantId);
      await provider.Grant.adapter.destroy(grantId);
    }
    await session.destroy();
    ctx.cookies.set(provider.cookieName('session'), null, { httpOnly: true, sameSite: 'lax', signed: true });
    const target = new URL(postLogoutRedirectUri);
    if (state !== undefined) target.searchParams.set('state', state);
    ctx.status = 303;
    ctx.redirect(target.href);
    return;
  }
  page(ctx, settings, 'engine.logout.title', (text) => `
    <p>${text('engine.logout.text')}</p>${form}
    <button class="btn btn--primary btn--block" type="submit" form="op.logoutForm" value="yes" name="logout">${text('engine.logout.yes')}</button>
    <button class="btn btn--block" type="submit" form="op.logoutForm">${text('engine.logout.no')}</button>`);
};

export const signedOutPage = (settings) => async (ctx) => {
  page(ctx, settings, 'engine.signedOut.title', (text) => `
    <p>${text('engine.signedOut.text')}</p><p><a class="btn btn--primary" href="${escape(settings.webUrl)}">${text('engine.error.back')}</a></p>`);
};
