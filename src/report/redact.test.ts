import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, redactionMarker } from './redact.ts';

const plain = createRedactor([]);

describe('secrets in texts', () => {
  test.each([
    ['a URL without secrets stays', 'https://www.example.com/a?page=2#top', 'https://www.example.com/a?page=2#top'],
    ['user information goes', 'https://admin:hunter2@example.com/', 'https://***@example.com/'],
    ['user information goes where slashes lean the other way', 'https:\\\\admin:hunter2@example.com/', 'https:\\\\***@example.com/'],
    ['an at sign in the path is no user information', 'https://example.com/@name/x', 'https://example.com/@name/x'],
    ['an at sign in the password is no end of it', 'https://a:b@c@example.com/', 'https://***@example.com/'],
    ['a token parameter goes', 'https://h/?token=abc&page=2', 'https://h/?token=***&page=2'],
    ['a parameter in camel case goes', '/cb?accessToken=abc', '/cb?accessToken=***'],
    ['a signed URL of a store loses its signature', '/o?X-Amz-Signature=ab12&X-Amz-Date=1', '/o?X-Amz-Signature=***&X-Amz-Date=1'],
    ['an encoded parameter name does not hide', '/?%74oken=abc', '/?%74oken=***'],
    ['an index does not hide', '/?token[]=abc', '/?token[]=***'],
    ['a fragment is searched too', 'https://h/#access_token=abc&state=x', 'https://h/#access_token=***&state=***'],
    [
      'a URL inside a parameter is searched too',
      '/login?next=https%3A%2F%2Fh%2F%3Ftoken%3Dabc%26p%3D2',
      '/login?next=https%3A%2F%2Fh%2F%3Ftoken%3D***%26p%3D2',
    ],
    ['a value with an encoded ampersand goes whole', '/?token=ab%26cd%23ef%2526gh&p=2', '/?token=***&p=2'],
    ['and inside of another URL', '/login?next=%2F%3Ftoken%3Dab%2526cd%26p%3D2', '/login?next=%2F%3Ftoken%3D***%26p%3D2'],
    ['and where only a part is quoted', 'token%3Dab%2526cd%26p%3D2', 'token%3D***%26p%3D2'],
    ['words that merely contain one of the names stay', '/?monkey=1&keyword=x&tokenizer=y', '/?monkey=1&keyword=x&tokenizer=y'],
    ['an authorization line in an error text goes', 'sent Authorization: Basic YWRtaW46aHVudGVyMg==', 'sent Authorization: ***'],
    ['a bearer token in a text goes', 'rejected Bearer abcdef0123456789', 'rejected Bearer ***'],
    ['a web token goes wherever it stands', 'x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y', 'x *** y'],
  ])('%s', (_, text, redacted) => {
    expect(plain.text(text)).toBe(redacted);
  });
});

describe('secrets in what was typed', () => {
  test.each([
    ['user information without a scheme', 'admin:hunter2@example.com/x', '***@example.com/x'],
    ['user information of a URL that is none', 'https://admin:hunter2@exa mple:99999/', 'https://***@exa mple:99999/'],
    ['a password with a slash in it', 'https://admin:hun/ter2@example.com/', 'https://***@example.com/'],
    ['a password with a question mark in it', 'https://admin:hun?ter2@example.com/', 'https://***@example.com/'],
    ['a token with a space in it', 'https://h/?token=a b c', 'https://h/?token=***'],
    ['an address with a port stays', '192.0.2.1:8443', '192.0.2.1:8443'],
    ['an IPv6 address stays', '[2001:db8::1]:8443/@x', '[2001:db8::1]:8443/@x'],
    ['a path with an at sign stays', 'example.com:443/@name', 'example.com:443/@name'],
  ])('%s', (_, input, redacted) => {
    expect(plain.document({ input }).input).toBe(redacted);
  });
});

test('what a page states of its rules is text of others', () => {
  const rule = 'Access-Control-Allow-Origin: https://admin:hunter2@example.com';
  expect(plain.document({ rule }).rule).toBe('Access-Control-Allow-Origin: https://***@example.com');
});

describe('secrets in header fields', () => {
  test.each([
    ['an authorization keeps its scheme', 'Authorization', 'Bearer abc', 'Bearer ***'],
    ['an authorization without a scheme goes whole', 'authorization', 'abc123', '***'],
    ['a proxy authorization', 'proxy-authorization', 'Basic abc', 'Basic ***'],
    ['a cookie goes whole', 'cookie', 'a=b; c=d', '***'],
    ['a set cookie keeps its name and attributes', 'set-cookie', 'sid=abc; Path=/; HttpOnly', 'sid=***; Path=/; HttpOnly'],
    ['a set cookie without a name goes', 'set-cookie', 'abc; Path=/', '***; Path=/'],
    ['an API key', 'x-api-key', 'abc', '***'],
    ['a cache key stays', 'surrogate-key', 'front page', 'front page'],
    ['a challenge stays', 'www-authenticate', 'Basic realm="x"', 'Basic realm="x"'],
    ['a location loses its token', 'location', '/cb?code=abc', '/cb?code=***'],
    ['others stay', 'server', 'nginx', 'nginx'],
  ])('%s', (_, name, value, redacted) => {
    expect(plain.document({ headers: [{ name, value }] }).headers[0]?.value).toBe(redacted);
  });
});

describe('secrets that others repeat', () => {
  test.each([
    ['as they are', (secret: string) => secret],
    ['percent-encoded', (secret: string) => encodeURIComponent(secret)],
    ['percent-encoded in small letters', (secret: string) => encodeURIComponent(secret).toLowerCase()],
  ])('%s', (_, form) => {
    const secret = 'a/b+c=very:long';
    const document = { url: `https://h/?token=${encodeURIComponent(secret)}`, title: `Hello ${form(secret)}!` };
    expect(createRedactor([document]).document(document).title).toBe('Hello ***!');
  });

  test('as Basic credentials', () => {
    const document = { url: 'https://ann:secret-9@h/', title: 'you sent Basic YW5uOnNlY3JldC05' };
    expect(createRedactor([document]).document(document).title).toBe('you sent Basic ***');
  });

  test('a value that is part of the host name is removed only where it stands', () => {
    const document = { url: 'https://www.example.com/?key=example', host: 'www.example.com' };
    const redacted = createRedactor([document], ['www.example.com']).document(document);
    expect(redacted).toEqual({ url: 'https://www.example.com/?key=***', host: 'www.example.com' });
  });

  test('a secret that begins as what stands for one', () => {
    expect(plain.text('https://h.example/?token=***swordfish1')).toBe('https://h.example/?token=***');
  });

  test('a sample of bytes in hex loses what it spells', () => {
    const hex = (text: string): string => [...text].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
    const sampleHex = hex('Set-Cookie: sid=abcdef\r\nX: y');
    expect(plain.document({ sampleHex }).sampleHex).toBe(hex('Set-Cookie: ***\r\nX: y'));
    expect(plain.document({ sampleHex: hex('\u0015\u0003\u0001') }).sampleHex).toBe(hex('\u0015\u0003\u0001'));
  });
});

/** Secrets as people and machines make them: long enough to be told from ordinary words. */
const secrets = fc
  .array(fc.constantFrom(...'ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz0123456789._-!$*()+/= @:%~&#?23'), {
    minLength: 14,
    maxLength: 40,
  })
  .map((characters) => characters.join(''))
  .filter((secret) => secret.trim() === secret && /[A-Za-z]/.test(secret) && /\d/.test(secret));

test('a secret placed anywhere in a document never appears in it', () => {
  fc.assert(
    fc.property(
      secrets,
      fc.constantFrom('token', 'api_key', 'password', 'sig', 'code', 'session', 'client_secret', 'authToken'),
      (secret, name) => {
        const encoded = encodeURIComponent(secret);
        const documents = [
          { target: { input: `https://user:${encoded}@h.example/`, url: 'https://h.example/' }, title: secret, list: [encoded] },
          {
            target: { input: `h.example/?${name}=${encoded}&x=1` },
            evidence: [{ location: `/x?next=%2F%3F${name}%3D${encodeURIComponent(encoded)}`, raw: secret }],
          },
          { headers: [{ name: 'Authorization', value: `Bearer ${secret}` }], body: `you sent ${secret}` },
          { headers: [{ name: 'cookie', value: `sid=${secret}` }], url: `https://h.example/${encoded}` },
          { headers: [{ name: 'set-cookie', value: `sid=${encoded}; Path=/` }], reason: `no ${encoded}` },
        ];
        for (const document of documents) {
          const json = JSON.stringify(createRedactor([document]).document(document));
          expect(json).not.toContain(JSON.stringify(secret).slice(1, -1));
          expect(json).not.toContain(encoded);
          expect(json).toContain(redactionMarker);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('redaction is linear enough for hostile text', () => {
  const hostile = [
    `${'//'.repeat(50_000)}`,
    `?${'a'.repeat(100_000)}`,
    '?token'.repeat(20_000),
    '%25'.repeat(40_000),
    `https://${'a@'.repeat(50_000)}`,
  ];
  const startedAt = performance.now();
  for (const text of hostile) plain.document({ input: text, raw: text, headers: [{ name: 'set-cookie', value: text }] });
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

describe('bodies and messages', () => {
  test.each([
    ['{"error":"x","access_token":"abc-123-def","n":1}', '{"error":"x","access_token":"***","n":1}'],
    ['{"user": {"password" : "a\\"b"}, "page": 2}', '{"user": {"password" : "***"}, "page": 2}'],
    ["{'clientSecret': 's3cr3t'}", "{'clientSecret': '***'}"],
    ['{"more":"{\\"refreshToken\\":\\"abc-1\\",\\"n\\":1}"}', '{"more":"{\\"refreshToken\\":\\"***\\",\\"n\\":1}"}'],
    ['{"otp": 123456, "status": 500}', '{"otp": ***, "status": 500}'],
    ['cut off: {"api_key":"abcdef', 'cut off: {"api_key":"***'],
    ['db_password: hunter2, retry', 'db_password: ***, retry'],
    ['API key: K-31415926.', 'API key: ***'],
    ['found AKIAIOSFODNN7EXAMPLE here', 'found *** here'],
    ['-----BEGIN RSA PRIVATE KEY----- MIIE abc', '***'],
  ])('%s', (text, expected) => {
    expect(plain.text(text)).toBe(expected);
  });

  test.each([
    '{"code":"E1042","state":"open","key":"products/1","message":"Unexpected token: end of input"}',
    'invalid token: expected a name',
    'the signature over DNSKEY of shop.example (key 42394) expired',
    'Session: at 12:30:45',
  ])('%s stays', (text) => {
    expect(plain.text(text)).toBe(text);
  });

  test('a secret from a body is removed wherever else it stands, as text and in base64', () => {
    const document = {
      excerpt: '{"access_token":"abc-123-defg"}',
      headers: [{ name: 'x-trace', value: `t=${Buffer.from('abc-123-defg').toString('base64')} abc-123-defg` }],
    };
    expect(createRedactor([document]).document(document).headers[0]!.value).toBe('t=*** ***');
  });

  test('are searched in time', () => {
    const startedMs = performance.now();
    for (const piece of ['"token', "'a':", 'token: ', '\\"secret\\":\\"', '-----BEGIN PRIVATE KEY-----', 'key: 1'])
      plain.text(piece.repeat(Math.ceil(100_000 / piece.length)));
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});
