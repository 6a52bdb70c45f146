import type { Cause } from '../cause.ts';

/** Causes of the `page` checkpoint, in vocabulary order. */
export const pageCauses: readonly Cause[] = [
  {
    code: 'page.subresource-failed',
    meaning: 'Something the page needs, a script, style, image or font, fails for the nested cause.',
    browserErrors: ['broken page'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'page and assets come from different deployments: old file names in a cached page',
      'the asset host or CDN is down, or blocked here',
      'a third party the page depends on fails',
      'an ad blocker or filter removes it',
    ],
    nextSteps: [
      { action: 'Ask for the resource itself', command: 'curl -sS -D - -o /dev/null --max-time 30 {url}' },
      { action: 'Follow the nested cause: its steps repair the resource' },
      { action: 'Site operator: purge the cached page, or restore the old files; load third parties without blocking' },
    ],
    confirmCommand: 'curl -sS -D - -o /dev/null --max-time 30 {url}',
  },
  {
    code: 'page.mixed-content',
    meaning: 'An https page refers to plain http resources, which browsers block.',
    browserErrors: ['blocked content'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'absolute http:// links in templates or in the database, left from before https',
      'the application thinks it is served over http: X-Forwarded-Proto is not passed or not trusted',
      'an embedded third party without https',
    ],
    nextSteps: [
      { action: 'Find the references', command: "curl -sS {url} | grep -noE '(src|href)=.http://[^ >]+' | head -20" },
      { action: 'Site operator: use https or relative URLs; pass X-Forwarded-Proto' },
      { action: 'Stopgap header: Content-Security-Policy: upgrade-insecure-requests' },
    ],
    confirmCommand: "curl -sS {url} | grep -noE '(src|href)=.http://[^ >]+' | head -20",
    falsePositives: ['links to other pages (a href) are not blocked', 'images are upgraded to https by current browsers'],
  },
  {
    code: 'page.blank',
    meaning: 'The status is 200, but the body is empty or has no content where HTML is expected.',
    browserErrors: ['blank page'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the application failed after the header, with error output turned off',
      'a single-page application whose script is missing or failed to build',
      'an empty answer was cached',
      'a template or backend that returned nothing',
    ],
    nextSteps: [
      {
        action: 'Look at length and text',
        command: "curl -sS -w '\\n%{http_code} %{content_type} %{size_download} bytes\\n' {url} | tail -c 600",
      },
      { action: 'Past the cache', command: "curl -sS -o /dev/null -H 'Cache-Control: no-cache' -w '%{size_download} bytes\\n' {url}" },
      { action: 'Application team: error log at that second; open the console of a browser for script errors' },
    ],
    confirmCommand: "curl -sS -o /dev/null -w '%{http_code} %{content_type} %{size_download} bytes\\n' {url}",
    falsePositives: ['applications drawn by script alone: the HTML is nearly empty by design'],
  },
  {
    code: 'page.policy-blocked',
    meaning: 'Something that was delivered is refused by the browser: by CSP, CORS, SRI or its MIME type.',
    browserErrors: ['blocked content'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'a Content-Security-Policy without the new host',
      'Access-Control-Allow-Origin missing on the asset or API, or lost in a cache without Vary: Origin',
      'the file changed and its integrity hash did not',
      'script or style with the wrong Content-Type and nosniff: often an HTML error page in its place',
    ],
    nextSteps: [
      {
        action: 'Read the policies and types',
        command: "curl -sS -o /dev/null -D - {url} | grep -iE '^(content-security-policy|access-control|content-type|x-content-type)'",
      },
      { action: 'The console of a browser names the rule that refused' },
      { action: 'Site operator: correct the header or hash, then purge the cache' },
    ],
    confirmCommand: "curl -sS -o /dev/null -D - {url} | grep -iE '^(content-security-policy|access-control|content-type|x-content-type)'",
  },
  {
    code: 'page.stale',
    meaning: 'Addresses or edges serve different versions of one document, and one of them is broken.',
    browserErrors: ['intermittent'],
    degrades: true,
    side: 'edge',
    likelyReasons: [
      'the purge did not reach every edge',
      'one server of several did not get the deployment',
      'an old page is cached that refers to removed files',
      'a deployment is in progress',
    ],
    nextSteps: [
      {
        action: 'Compare the versions of each address',
        command:
          'for a in $(getent ahosts {host} | cut -d" " -f1 | sort -u); do curl -sS -o /dev/null -D - --resolve {host}:{port}:"$a" {url} | grep -iE "^(etag|last-modified|age|x-cache)"; echo "$a"; done',
      },
      { action: 'Site operator: purge the path everywhere; redeploy the odd server' },
      { action: 'For the next time: keep the old assets one version longer' },
    ],
    confirmCommand:
      'for a in $(getent ahosts {host} | cut -d" " -f1 | sort -u); do curl -sS -o /dev/null -D - --resolve {host}:{port}:"$a" {url} | grep -iE "^(etag|last-modified|age|x-cache)"; echo "$a"; done',
  },
  {
    code: 'page.slow',
    meaning: 'The largest part of the load time is one named resource or host.',
    browserErrors: ['slow'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'a large uncompressed image or script',
      'a slow third party that blocks rendering: tags, fonts, consent',
      'a chain of scripts that load one another',
      'no caching headers, so that all is fetched again',
    ],
    nextSteps: [
      {
        action: 'Measure the resource alone',
        command:
          "curl -sS --compressed -o /dev/null -w '%{size_download} bytes, first byte %{time_starttransfer} s, total %{time_total} s\\n' {url}",
      },
      { action: 'Site operator: shrink, cache or defer it; load third parties with async' },
    ],
    confirmCommand:
      "curl -sS --compressed -o /dev/null -w '%{size_download} bytes, first byte %{time_starttransfer} s, total %{time_total} s\\n' {url}",
  },
];
