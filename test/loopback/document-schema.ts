import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'vitest';
import type { WalkReport } from '../../src/model/walk-report.ts';

const schemaFile = new URL('../../docs/schema/wirewalk.walk-1.schema.json', import.meta.url);

let compiled: ValidateFunction | null = null;

function compile(): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
}

/** Reads standard output as exactly one document of a walk, valid by the published schema. */
export function parseDocument(stdout: string): WalkReport {
  const document: unknown = JSON.parse(stdout);
  compiled ??= compile();
  const valid = compiled(document);
  expect(compiled.errors ?? [], 'the document keeps to the published schema').toEqual([]);
  expect(valid).toBe(true);
  return document as WalkReport;
}
