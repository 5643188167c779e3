// Prints the type of the event if the official client accepts { payload, header, secret } of standard input.
import fs from 'node:fs';
import Stripe from 'stripe';

const { payload, header, secret } = JSON.parse(fs.readFileSync(0, 'utf8'));
console.log(new Stripe('sk_test_verify').webhooks.constructEvent(payload, header, secret).type);
