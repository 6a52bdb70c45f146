import type { Change } from '../../scenario/change.ts';
import { addresses } from '../../topology/plan.ts';
import { synsAtEdge } from '../ingredients.ts';
import { type BadsslCase, called, completed } from './case.ts';

/** A page of the origin's. */
function page(body: string): readonly Change[] {
  const html = `<!doctype html><html lang="en"><head><title>Shop</title></head><body><h1>The shop is open</h1>${body}</body></html>`;
  return [synsAtEdge, { nginx: { at: 'origin', files: { 'index.html': html } } }];
}

/** https sends to http, where the page is. */
function downgraded(name: string, title: string, form: string): BadsslCase {
  return {
    name,
    title,
    made: 'Port 443 redirects to port 80, which serves the page.',
    changes: [
      ...page(form),
      {
        site: {
          locations: { '/': ['return 301 http://$host$request_uri;'] },
          plainLocations: { '/': [`proxy_pass http://${addresses.origin};`, 'proxy_set_header Host $host;'] },
        },
      },
    ],
    naive: 'Nothing: browsers say "Not secure".',
    evidence: [completed, { kind: 'http.redirected', where: { url: { matches: '^http:' } } }],
    captureClient: { checkpoint: null },
  };
}

const longest = 'longextendedsubdomainnamewithoutdashesinordertotestwordwrapping';

/** What is served over a connection that is as it should be. */
export const badsslPages: readonly BadsslCase[] = [
  downgraded('http', 'https sends to http', ''),
  downgraded('http-password', 'A password field on http', '<form><input type="password" name="p"></form>'),
  downgraded(
    'http-login',
    'A login form on http',
    '<form action="/login" method="post"><input name="u"><input type="password" name="p"></form>',
  ),
  downgraded('http-dynamic-login', 'A login form made by script', '<script>document.body.append(document.createElement("form"))</script>'),
  downgraded('http-credit-card', 'A credit card form on http', '<form><input autocomplete="cc-number" name="c"></form>'),
  downgraded('http-textarea', 'A text field on http', '<form><textarea name="t"></textarea></form>'),
  {
    name: 'www',
    title: 'A redirect to the bare name',
    made: 'nginx redirects.',
    site: { locations: { '= /': ['return 301 https://shop.example/index.html;'] } },
  },
  {
    name: 'mixed-script',
    title: 'An https page with a script over http',
    made: 'The page refers to http.',
    changes: page('<script src="http://www.shop.example/app.js"></script>'),
    status: 'degraded',
    cause: 'page.mixed-content',
  },
  {
    name: 'mixed',
    title: 'An https page with a picture over http',
    made: 'The page refers to http.',
    changes: page('<img src="http://www.shop.example/picture.png" alt="">'),
    status: 'degraded',
    cause: 'page.mixed-content',
  },
  {
    name: 'very',
    title: 'A script over http, and AES-CBC',
    made: 'The page refers to http; nginx offers TLS 1.2 with AES-CBC alone.',
    changes: [
      ...page('<script src="http://www.shop.example/app.js"></script>'),
      { site: { protocols: 'TLSv1.2', certificate: { key: 'rsa-2048' }, ciphers: 'ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES128-SHA' } },
    ],
    status: 'degraded',
    cause: 'page.mixed-content',
  },
  ...(
    [
      ['mixed-favicon', 'An https page with an icon over http', '<link rel="icon" href="http://www.shop.example/favicon.ico">'],
      [
        'mixed-form',
        'An https page whose form goes to http',
        '<form action="http://www.shop.example/" method="post"><input name="q"></form>',
      ],
    ] as const
  ).map(([name, title, body]): BadsslCase => ({ name, title, made: 'The page refers to http.', changes: page(body) })),
  {
    name: 'lock-title',
    title: 'A title that looks like a lock',
    made: 'The title begins with a lock.',
    changes: page('<script>document.title="\\uD83D\\uDD12"</script>'),
  },
  {
    name: 'spoofed-favicon',
    title: 'An icon that looks like a lock',
    made: 'The page has an icon.',
    changes: page('<link rel="icon" href="data:image/png;base64,iVBORw0KGgo=">'),
  },
  {
    name: 'long-extended-subdomain-name-containing-many-letters-and-dashes',
    title: 'A label of 62 characters',
    made: 'The site has such a name.',
    changes: called('long-extended-subdomain-name-containing-many-letters-and-dashes'),
    url: 'https://long-extended-subdomain-name-containing-many-letters-and-dashes.shop.example/',
  },
  {
    name: longest,
    title: 'A label of 63 characters',
    made: 'The site has such a name.',
    changes: called(longest),
    url: `https://${longest}.shop.example/`,
  },
  {
    name: 'hsts',
    title: 'HSTS',
    made: 'nginx sends the header.',
    site: { server: ['add_header strict-transport-security "max-age=15768000; includeSubDomains" always;'] },
  },
  {
    name: 'preloaded-hsts',
    title: 'HSTS, to be preloaded',
    made: 'nginx sends the header.',
    site: { server: ['add_header strict-transport-security "max-age=31536000; includeSubDomains; preload" always;'] },
  },
  {
    name: 'upgrade',
    title: 'Upgrade-insecure-requests',
    made: 'nginx sends the policy; the page refers to http.',
    changes: [
      ...page('<img src="http://www.shop.example/style.css" alt="">'),
      { site: { server: ['add_header content-security-policy "upgrade-insecure-requests" always;'] } },
    ],
  },
];
