import { isSameSite } from '../../model/host-name.ts';
import type { Observation, ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { peerProven, proxyInUse, response } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Check = ObservationOf<'local.check-answered'>;

/** RFC 6585 section 6: "Network Authentication Required", which origin servers do not send. */
const networkAuthenticationRequired = 511;
/** Words of sign-in pages, in addresses and titles. */
const signIn = /log-?[io]n|sign-?[io]n|portal|captive|hotspot|guest|welcome|splash|wi-?fi|wlan|anmeld|connexion|accedi|acceso/i;

interface Answer {
  observation: Observation;
  status: number;
  /** Where it sends the client; null when nowhere. */
  url: string | null;
  title: string | null;
}

/** What was answered in the target's name without proof: to the request itself when it was plain, and to plain requests beside it. */
function answersForTarget(facts: Facts): readonly Answer[] {
  const own = facts.target?.scheme === 'http' ? response(facts) : null;
  const redirected = facts.first('http.redirected');
  const first: Answer[] =
    own === null ? [] : [{ observation: redirected ?? own, status: own.status, url: redirected?.url ?? null, title: null }];
  return [
    ...first,
    ...checks(facts, 'target')
      .filter((check) => check.proven !== true)
      .map(fromCheck),
  ];
}

function checks(facts: Facts, asked: Check['asked']): readonly Check[] {
  return facts.of('local.check-answered').filter((check) => check.asked === asked);
}

function fromCheck(check: Check): Answer {
  return { observation: check, status: check.status, url: check.location, title: check.title };
}

function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : null;
}

/** Both send the client to one and the same host, which is not the one that was asked. */
function sendsToSame(one: Answer, other: Answer, host: string): boolean {
  const place = hostOf(one.url);
  return place !== null && place === hostOf(other.url) && !isSameSite(place, host);
}

export const localPortalRules: readonly Rule[] = [
  {
    cause: 'local.captive-portal',
    supersedes: [
      'tls.name-mismatch',
      'tls.self-signed',
      'tls.unknown-ca',
      'tls.not-tls',
      'tcp.timeout',
      'tcp.filtered',
      'tcp.refused',
      'tcp.reset',
    ],
    judge(facts) {
      const { target } = facts;
      if (target === null || peerProven(facts) || proxyInUse(facts) !== null) return none();
      const known = checks(facts, 'known-answer');
      if (known.some((check) => check.asKnown === true)) return none();
      const said = checks(facts, 'portal-api').filter((check) => check.captive === true);
      const answers = answersForTarget(facts);
      const plain = answers.filter((answer) => answer.status === networkAuthenticationRequired);
      // What answers for the target answers for an address where nobody is, and for services whose answer is another.
      const others = [...checks(facts, 'nobody'), ...known].map(fromCheck);
      const matched = answers.flatMap((answer) => {
        const same = others.filter((other) => sendsToSame(answer, other, target.host) || other.status === networkAuthenticationRequired);
        return same.length === 0 ? [] : [answer, ...same];
      });
      const found = [...matched, ...plain];
      const [first] = found;
      if (first === undefined && (said.length === 0 || answers.every((answer) => answer.url === null))) return none();
      const portal = found.find((answer) => answer.url !== null) ?? answers.find((answer) => answer.url !== null);
      const isCertain =
        said.length > 0 || plain.length > 0 || found.some((answer) => signIn.test(`${answer.url ?? ''} ${answer.title ?? ''}`));
      const evidence = [
        ...new Set([...found.map((answer) => answer.observation), ...said, ...(portal === undefined ? [] : [portal.observation])]),
      ];
      return failure(evidence, { url: portal?.url ?? null }, { confidence: isCertain ? 'proven' : 'likely', persists: true });
    },
  },
];
