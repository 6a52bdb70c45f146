import type { Page, Pages } from '../../../lab/loopback/site.ts';
import type { Scenario } from '../scenario.ts';

function page(when: string, page: Page, verdict: Scenario['verdict'], more: Partial<Scenario> = {}): Scenario {
  return { when, walk: (stage) => stage.site({ ...parts, '/': page }), verdict, ...more };
}

/** What pages refer to. */
const parts: Pages = {
  '/app.js': { body: 'document.title = document.title', contentType: 'text/javascript' },
  '/style.css': { body: 'body { color: black }', contentType: 'text/css' },
  '/map.png': { body: 'a picture', contentType: 'image/png' },
};

/** What the document shows. The answer is complete in every row. */
export const pageScenarios: readonly Scenario[] = [
  page('the page is empty', { body: '' }, 'failed page.blank', { command: true }),
  page('the page is empty and nothing says what it is', { body: '', contentType: null }, 'failed page.blank'),
  page(
    'the document has a head and nothing in its body',
    { body: '<!doctype html><title>Shop</title><body>\n</body>' },
    'failed page.blank',
  ),
  page('the document has comments alone', { body: '<html><body><!-- deploy 42 --></body></html>' }, 'failed page.blank'),

  page('the page has text', {}, 'ok'),
  page('the page has one image and no text', { body: '<body><img src="/map.png" alt=""></body>' }, 'ok'),
  page('the page is made by a script', { body: '<body><div id="root"></div><script src="/app.js"></script></body>' }, 'ok'),
  page('the answer is an empty JSON object', { body: '{}', contentType: 'application/json' }, 'ok'),
  page('the answer is an empty text file', { body: '', contentType: 'text/plain' }, 'ok'),
];
