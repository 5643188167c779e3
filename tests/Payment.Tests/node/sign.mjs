// Prints the official test signature for { payload, secret, timestamp?, scheme? } on standard input.
import fs from 'node:fs';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_sign');
console.log(stripe.webhooks.generateTestHeaderString(JSON.parse(fs.readFileSync(0, 'utf8'))));
