// Drives the stand-in with the official client: create, pay on the hosted page, retrieve, refund, list, and the errors. Prints what it saw as JSON.
import Stripe from 'stripe';

const base = new URL(process.argv[2]);
const stripe = new Stripe(process.argv[3], {
  host: base.hostname, port: base.port, protocol: 'http', telemetry: false, maxNetworkRetries: 0,
});
const order = (extra = {}) => ({
  mode: 'payment',
  success_url: 'http://shop.test/done?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://shop.test/back',
  client_reference_id: 'booking-1',
  metadata: { booking_id: 'booking-1' },
  payment_intent_data: { metadata: { booking_id: 'booking-1' } },
  line_items: [{ quantity: 1, price_data: { currency: 'kzt', unit_amount: 1500000, product_data: { name: 'Deposit KZ-TEST' } } }],
  ...extra,
});
const pay = (url, card) => fetch(url, {
  method: 'POST',
  redirect: 'manual',
  body: new URLSearchParams({ email: 'a@example.com', cardNumber: card, cardExpiry: '12/40', cardCvc: '123', billingName: 'A B' }),
});
const errorOf = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return { type: error.type, code: error.code, status: error.statusCode, param: error.param };
  }
};

const seen = {};
const created = await stripe.checkout.sessions.create(order(), { idempotencyKey: 'create-1' });
const again = await stripe.checkout.sessions.create(order(), { idempotencyKey: 'create-1' });
seen.created = { status: created.status, payment_status: created.payment_status, amount: created.amount_total, same: created.id === again.id };
seen.replayed = again.lastResponse.headers['idempotent-replayed'];
seen.mismatch = await errorOf(() => stripe.checkout.sessions.create(order({ client_reference_id: 'other' }), { idempotencyKey: 'create-1' }));

const declined = await pay(created.url, '4000 0000 0000 0002');
seen.declined = declined.status;
seen.afterDecline = (await stripe.checkout.sessions.retrieve(created.id)).status;
const paid = await pay(created.url, '4242 4242 4242 4242');
seen.paid = paid.status;
seen.landing = paid.headers.get('location') === `http://shop.test/done?session=${created.id}`;

const complete = await stripe.checkout.sessions.retrieve(created.id, { expand: ['payment_intent.latest_charge'] });
seen.complete = {
  status: complete.status,
  payment_status: complete.payment_status,
  intent: complete.payment_intent.status,
  received: complete.payment_intent.amount_received,
  captured: complete.payment_intent.latest_charge.amount_captured,
  metadata: complete.payment_intent.metadata,
};
seen.expireComplete = await errorOf(() => stripe.checkout.sessions.expire(created.id));

const refund = await stripe.refunds.create({ payment_intent: complete.payment_intent.id, amount: 500000, metadata: { refund_id: 'r1' } });
seen.refund = { status: refund.status, amount: refund.amount };
seen.tooMuch = await errorOf(() => stripe.refunds.create({ payment_intent: complete.payment_intent.id, amount: 1000001 }));
await stripe.refunds.create({ payment_intent: complete.payment_intent.id });
seen.nothingLeft = await errorOf(() => stripe.refunds.create({ payment_intent: complete.payment_intent.id }));
seen.refunds = 0;
for await (const item of stripe.refunds.list({ payment_intent: complete.payment_intent.id, limit: 1 })) {
  seen.refunds += item.amount;
}

const expiring = await stripe.checkout.sessions.create(order());
seen.expired = (await stripe.checkout.sessions.expire(expiring.id)).status;
seen.payExpired = (await pay(expiring.url, '4242 4242 4242 4242')).status;
seen.types = (await stripe.events.list({ limit: 100 })).data.map((event) => event.type).reverse();

seen.unknownParameter = await errorOf(() => stripe.checkout.sessions.create(order({ colour: 'red' })));
seen.tooShort = await errorOf(() => stripe.checkout.sessions.create(order({ expires_at: Math.floor(Date.now() / 1000) + 60 })));
seen.locale = await errorOf(() => stripe.checkout.sessions.create(order({ locale: 'kk' })));
seen.missing = await errorOf(() => stripe.checkout.sessions.retrieve('cs_test_nothing'));
const stranger = new Stripe('sk_test_wrong', { host: base.hostname, port: base.port, protocol: 'http' });
seen.stranger = await errorOf(() => stranger.checkout.sessions.retrieve(created.id));
const customer = await stripe.customers.create({ name: 'A' });
seen.customer = (await stripe.customers.retrieve(customer.id)).name;
const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/none', enabled_events: ['charge.refunded'], api_version: '2026-10-28.endive' });
seen.endpoint = { secret: endpoint.secret.startsWith('whsec_'), version: endpoint.api_version, deleted: (await stripe.webhookEndpoints.del(endpoint.id)).deleted };
console.log(JSON.stringify(seen));
