// Sends each parameter tree of standard input (JSON lines; {"$time": s} is a date) through the official client to a local echo server
// and prints the body that arrived.
import http from 'node:http';
import readline from 'node:readline';
import Stripe from 'stripe';

const echo = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ id: 'cus_echo', object: 'customer', body: Buffer.concat(chunks).toString('utf8') }));
  });
});
await new Promise((done) => echo.listen(0, '127.0.0.1', done));
const stripe = new Stripe('sk_test_echo', { host: '127.0.0.1', port: echo.address().port, protocol: 'http', telemetry: false });

const revive = (_, value) => (value && typeof value === 'object' && '$time' in value ? new Date(value.$time * 1000) : value);
for await (const line of readline.createInterface({ input: process.stdin })) {
  const answer = await stripe.customers.create(JSON.parse(line, revive));
  console.log(JSON.stringify(answer.body));
}
echo.close();
process.exit(0);
