/**
 * Generates the JSON Schemas of the documents from the types in src/model/ (docs/decisions/0004-schema-from-types.md).
 *
 *   node scripts/schema.mjs           writes docs/schema/
 *   node scripts/schema.mjs --check   writes nothing; exit 1 when a file differs from what would be written
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const repository = new URL('..', import.meta.url);
const documents = [
  { type: 'WalkReport', file: 'wirewalk.walk-1.schema.json', title: 'wirewalk.walk/1: the document of one walk' },
  { type: 'ReadReport', file: 'wirewalk.read-1.schema.json', title: 'wirewalk.read/1: the document of one reading of captures' },
  { type: 'CompareReport', file: 'wirewalk.compare-1.schema.json', title: 'wirewalk.compare/1: what differs between two reports' },
  { type: 'BundleManifest', file: 'wirewalk.bundle-1.schema.json', title: 'wirewalk.bundle/1: the manifest of an evidence bundle' },
];

const generator = createGenerator({
  path: fileURLToPath(new URL('src/model/{walk-report,read-report,compare-report,bundle-manifest,observation}.ts', repository)),
  tsconfig: fileURLToPath(new URL('tsconfig.json', repository)),
  // The compiler proper checks the types; this one only reads them.
  skipTypeCheck: true,
  // Programs may meet fields that a later version added.
  additionalProperties: true,
  sortProps: false,
});

/** Every kind of observation as a definition of its own, with the time of day that evidence has in place of the offset. */
function evidenceDefinitions() {
  const { definitions } = generator.createSchema('Observation');
  const kinds = unionMembers('Observation', definitions);
  const evidence = Object.fromEntries(
    Object.entries(definitions)
      .filter(([name]) => !/Observation$/.test(name))
      .map(([name, definition]) => [name, kinds.includes(name) ? asEvidence(definition) : definition]),
  );
  const union = { description: 'An observation with its time of day.', anyOf: kinds.map((name) => ({ $ref: `#/definitions/${name}` })) };
  return { ...evidence, Evidence: union };
}

/** The names of the interfaces that a union of unions comes down to. */
function unionMembers(name, definitions) {
  const { anyOf, $ref } = definitions[name] ?? {};
  // A union of one is an alias.
  const members = anyOf ?? ($ref === undefined ? [] : [{ $ref }]);
  if (members.length === 0) return [name];
  return members.flatMap((member) => unionMembers(member.$ref.slice('#/definitions/'.length), definitions));
}

function asEvidence(definition) {
  const { atMs, ...properties } = definition.properties;
  if (atMs === undefined) throw new Error('an observation without atMs');
  return {
    ...definition,
    properties: {
      ...JSON.parse(JSON.stringify(properties).replaceAll('`atMs`', '`at`')),
      at: { type: 'string', format: 'date-time', description: 'When it was complete, ISO 8601 in UTC.' },
    },
    required: definition.required.map((property) => (property === 'atMs' ? 'at' : property)),
  };
}

function schemaText({ type, file, title }) {
  const generated = generator.createSchema(type);
  const { $schema, $ref, definitions } = generated;
  const schema = {
    $schema,
    $id: file,
    title,
    $ref,
    definitions: { ...definitions, ...('Evidence' in definitions ? evidenceDefinitions() : {}) },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function current(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const isCheck = process.argv.includes('--check');
for (const document of documents) {
  const path = new URL(`docs/schema/${document.file}`, repository);
  const text = schemaText(document);
  if (!isCheck) writeFileSync(path, text);
  else if (current(path) !== text) {
    process.stderr.write(`docs/schema/${document.file} is stale: run "npm run schema:update"\n`);
    process.exitCode = 1;
  }
}
