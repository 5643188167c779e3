// Validates an AsyncAPI document with the official parser: node validate.mjs FILE
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const errors = diagnostics.filter((d) => d.severity === 0);
for (const d of errors) console.log(`${d.path.join('/')}: ${d.message}`);
if (!document || errors.length > 0) process.exit(1);
console.log(`${document.allMessages().length} messages, ${document.version()}`);
