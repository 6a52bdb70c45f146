/** Looks at a value and says what is wrong with it, one line per fault, each beginning with the path. */
export type Check = (value: unknown, path: string) => string[];

/** A check marked as of a field that may be missing. */
export interface OptionalCheck {
  optional: Check;
}

/** One check per field of T: exactly its fields, optional ones marked. A field added to the type and not here does not compile. */
export type FieldChecks<T> = { [K in keyof T]-?: undefined extends T[K] ? OptionalCheck : Check };

export const text: Check = (value, path) => (typeof value === 'string' && value !== '' ? [] : [`${path} is not a text`]);

export const integer: Check = (value, path) => (Number.isInteger(value) ? [] : [`${path} is not a whole number`]);

export const number: Check = (value, path) => (typeof value === 'number' && Number.isFinite(value) ? [] : [`${path} is not a number`]);

export const flag: Check = (value, path) => (typeof value === 'boolean' ? [] : [`${path} is not true or false`]);

export const bytes: Check = (value, path) =>
  typeof value === 'string' || value instanceof Uint8Array ? [] : [`${path} is neither text nor bytes`];

/** Text that compiles as a regular expression. */
export const pattern: Check = (value, path) => {
  try {
    if (typeof value === 'string' && new RegExp(value)) return [];
  } catch {
    // Said below.
  }
  return [`${path} is no regular expression`];
};

export function optional(check: Check): OptionalCheck {
  return { optional: check };
}

export function oneOf(...values: readonly unknown[]): Check {
  return (value, path) => (values.includes(value) ? [] : [`${path} is ${JSON.stringify(value)}, none of ${values.join(', ')}`]);
}

export function listOf(check: Check, least = 0): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return [`${path} is not a list`];
    const short = value.length < least ? [`${path} has fewer than ${least} entries`] : [];
    return [...short, ...value.flatMap((entry, index) => check(entry, `${path}[${index}]`))];
  };
}

/** Any keys, one kind of value. */
export function recordOf(check: Check): Check {
  return (value, path) =>
    isRecord(value) ? Object.entries(value).flatMap(([key, entry]) => check(entry, `${path}.${key}`)) : [`${path} is not an object`];
}

/** Exactly these fields. */
export function fields<T>(checks: FieldChecks<T>): Check {
  const known = checks as Record<string, Check | OptionalCheck>;
  return (value, path) => {
    if (!isRecord(value)) return [`${path} is not an object`];
    const unknown = Object.keys(value).filter((key) => !(key in known));
    const found = Object.entries(known).flatMap(([key, check]) => {
      const entry = value[key];
      if (typeof check === 'function') return entry === undefined ? [`${path}.${key} is missing`] : check(entry, `${path}.${key}`);
      return entry === undefined ? [] : check.optional(entry, `${path}.${key}`);
    });
    return [...unknown.map((key) => `${path}.${key} is unknown`), ...found];
  };
}

/** Objects told apart by one field that only their kind has. */
export function taggedBy(kinds: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (!isRecord(value)) return [`${path} is not an object`];
    const tag = Object.keys(kinds).find((key) => key in value);
    return tag === undefined ? [`${path} is of no known kind: ${Object.keys(value).join(', ')}`] : kinds[tag]!(value, path);
  };
}

/** An object with one field: the tag. */
export function only(tag: string, check: Check): Check {
  return (value, path) => fields<Record<string, unknown>>({ [tag]: check } as Record<string, Check> as never)(value, path);
}

/** The first that has nothing to say wins; otherwise what the last one says. */
export function either(...checks: readonly Check[]): Check {
  return (value, path) => {
    let said: string[] = [];
    for (const check of checks) {
      said = check(value, path);
      if (said.length === 0) return [];
    }
    return said;
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
