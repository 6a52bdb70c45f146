/** Which header fields and parameters hold secrets, by their names alone. */

/** Fields whose whole value goes. */
const secretFields: ReadonlySet<string> = new Set(['cookie', 'authentication-info', 'proxy-authentication-info', 'dpop']);
/** Fields that begin with the name of a scheme, which stays. */
const credentialFields: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization']);

/** Parameters that are secret when they are called exactly this. */
const wholeNames: ReadonlySet<string> = new Set([
  'code', // OAuth 2.0 authorization code
  'state',
  'nonce',
  'sid',
  'sas',
  'pin',
  'otp',
  'pass',
  'assertion',
  'samlresponse',
  'samlrequest',
  'relaystate',
  'phpsessid',
  'jsessionid',
  'sessid',
  'ticket',
  'hmac',
]);

/** Words that make a parameter or field secret wherever they stand in its name. */
const secretWords: ReadonlySet<string> = new Set([
  'token',
  'tokens',
  'key',
  'apikey',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'sig',
  'sign',
  'signature',
  'jwt',
  'auth',
  'authorization',
  'session',
  'sessionid',
  'credential',
  'credentials',
  'cookie',
  'csrf',
  'xsrf',
  'bearer',
  'oauth',
]);

/** With one of these beside it, `key` in the name of a header field is a secret; alone it names a cache entry more often. */
const keyOwners: ReadonlySet<string> = new Set([
  'api',
  'access',
  'auth',
  'private',
  'secret',
  'subscription',
  'functions',
  'account',
  'client',
]);

/** Endings of names written in one word: `accesstoken`, `userpassword`. */
const secretEnding = /(token|secret|password|passwd|apikey|accesskey|privatekey|signature|sessionid|sessid|jwt)$/;

/** Whether a query, fragment or form parameter of this name holds a secret. The name is as written; percent-encoding is undone here. */
export function isSecretParameter(name: string): boolean {
  const plain = decoded(name);
  const lower = plain.toLowerCase();
  const bare = lower.replace(/\[[^\]]*\]$/, '');
  if (wholeNames.has(bare) || secretEnding.test(bare)) return true;
  const words = plain
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => secretWords.has(word));
}

/** Names that OAuth and SAML give to secrets in URLs, and everybody else to other things in bodies. */
const otherwiseInBodies: ReadonlySet<string> = new Set(['code', 'state', 'nonce', 'ticket', 'relaystate', 'key', 'sign', 'auth']);

/** Whether a member of this name, of JSON and the like in a body, holds a secret. */
export function isSecretMember(name: string): boolean {
  return !otherwiseInBodies.has(name.toLowerCase()) && isSecretParameter(name);
}

/** How much of a header field's value is secret. `after-scheme` keeps the first word, `after-name` keeps a cookie's name and attributes. */
export function secretPartOfField(name: string): 'none' | 'all' | 'after-scheme' | 'after-name' {
  const lower = name.toLowerCase();
  if (lower === 'set-cookie' || lower === 'set-cookie2') return 'after-name';
  if (credentialFields.has(lower)) return 'after-scheme';
  if (secretFields.has(lower)) return 'all';
  // Fields that name a mechanism, not a secret of it.
  if (/^(www-authenticate|proxy-authenticate|sec-websocket-.*|public-key-pins.*|access-control-.*)$/.test(lower)) return 'none';
  const words = lower.split('-');
  const named = words.some((word) => (word === 'key' ? words.some((other) => keyOwners.has(other)) : secretWords.has(word)));
  return named || secretEnding.test(lower) ? 'all' : 'none';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
