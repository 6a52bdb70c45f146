import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'vitest';

type DocumentName = 'walk' | 'read' | 'compare' | 'bundle';

const validators = new Map<DocumentName, ValidateFunction>();

function validatorOf(name: DocumentName): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const ajv = new Ajv({ allowUnionTypes: true, strict: true });
  formats.default(ajv);
  const file = new URL(`../../docs/schema/wirewalk.${name}-1.schema.json`, import.meta.url);
  const validator = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  validators.set(name, validator);
  return validator;
}

/** What in a document contradicts its published schema, at most ten complaints; empty when nothing does. */
export function schemaErrors(name: DocumentName, document: unknown): string[] {
  const validate = validatorOf(name);
  // As others get it: through JSON.
  if (validate(JSON.parse(JSON.stringify(document)))) return [];
  return (validate.errors ?? [])
    .slice(0, 10)
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

/** Fails unless the document is valid by its published schema. */
export function expectValid(name: DocumentName, document: unknown): void {
  expect(schemaErrors(name, document)).toEqual([]);
}
