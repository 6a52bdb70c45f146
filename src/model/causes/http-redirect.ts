import type { Cause } from '../cause.ts';
import { header } from './http-commands.ts';

/** The answer leads elsewhere, and not to an end. */
export const httpRedirectCauses: readonly Cause[] = [
  {
    code: 'http.redirect-loop',
    meaning: 'The redirects return to a URL already visited, or exceed twenty.',
    browserErrors: ['ERR_TOO_MANY_REDIRECTS'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the edge speaks http to an origin that redirects to https (X-Forwarded-Proto ignored, "flexible" TLS mode)',
      'two rules that undo each other: with and without www or the last slash',
      'a cookie that never comes back: set Secure over plain http, for another domain or path, or refused by the browser',
    ],
    nextSteps: [
      { action: 'See the chain', command: "curl -sSL -b '' --max-redirs 10 -o /dev/null -D - {url} | grep -iE '^(HTTP/|location:)'" },
      { action: 'Site operator: trust X-Forwarded-Proto from the proxy, or set the edge to full TLS towards the origin' },
      { action: 'User: try a private window; if that works, delete the cookies of the site' },
    ],
    confirmCommand: "curl -sSL -b '' --max-redirs 10 -o /dev/null -D - {url} | grep -iE '^(HTTP/|location:)'",
    falsePositives: ['clients that keep no cookies, on sites that redirect until their cookie comes back: browsers get through'],
  },
  {
    code: 'http.redirect-broken',
    meaning: "The redirect's own target fails, for the nested cause.",
    browserErrors: ['varies'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the target host was renamed, moved or is down',
      'an internal host name or port leaks into Location',
      'the redirect goes to https where nothing serves it',
    ],
    nextSteps: [
      { action: 'See where it leads', command: header },
      { action: 'Follow the nested cause: its steps repair the target' },
      { action: 'Site operator: correct the redirect if the target is wrong' },
    ],
    confirmCommand: "curl -sSL -o /dev/null -w '%{http_code} %{url_effective}\\n' {url}",
  },
  {
    code: 'http.redirect-invalid',
    meaning: 'The redirect has no usable Location: missing, unparsable or of a forbidden scheme.',
    browserErrors: ['ERR_INVALID_REDIRECT'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'an empty variable in the redirect rule',
      'spaces or unencoded characters in Location',
      'a redirect to an app scheme that only a phone knows',
    ],
    nextSteps: [
      { action: 'See the header as sent', command: header },
      { action: 'Site operator: send an absolute or relative URL, percent-encoded' },
    ],
    confirmCommand: "curl -sS -o /dev/null -D - {url} | grep -iE '^(HTTP/|location:)'",
  },
];
