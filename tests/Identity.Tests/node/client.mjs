// One step of an independent client, openid-client: it checks issuer, state, nonce, PKCE, signatures and claims by the specifications.
// Usage: node client.mjs '{"step":"start", ...}'; prints one line of JSON.
import * as client from 'openid-client';

const input = JSON.parse(process.argv[2]);
const config = await client.discovery(new URL(input.issuer), input.clientId, undefined, client.ClientSecretBasic(input.clientSecret), {
  execute: [client.allowInsecureRequests],
});

const steps = {
  async start() {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: input.redirectUri,
      scope: 'openid offline_access email market',
      resource: input.resource,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...input.extra,
    });
    return { url: url.href, verifier, state, nonce };
  },
  async finish() {
    const tokens = await client.authorizationCodeGrant(config, new URL(input.callback), {
      pkceCodeVerifier: input.verifier,
      expectedState: input.state,
      expectedNonce: input.nonce,
      idTokenExpected: true,
    });
    return { ...tokens, claims: tokens.claims() };
  },
  async refresh() {
    return client.refreshTokenGrant(config, input.refreshToken);
  },
  async system() {
    return client.clientCredentialsGrant(config, { resource: input.resource, scope: input.scope });
  },
  async logout() {
    return { url: client.buildEndSessionUrl(config, { id_token_hint: input.idToken, post_logout_redirect_uri: input.redirectUri, state: 'bye' }).href };
  },
};

try {
  console.log(JSON.stringify(await steps[input.step]()));
} catch (error) {
  console.log(JSON.stringify({ error: error.error ?? error.code ?? error.message, detail: error.cause?.message ?? error.message }));
}
