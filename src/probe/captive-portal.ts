import { isPrivate } from '../model/address.ts';
import { isPublicName, isSameSite } from '../model/host-name.ts';
import type { TargetParsed } from '../model/observations/target.ts';
import { type CheckAnswer, check, locationOf } from './check-request.ts';
import type { FollowUp } from './follow-up.ts';
import { knownAnswers } from './known-answers.ts';
import { isProxied } from './proxy/choice.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/**
 * An address where nobody can be: set aside for documentation (RFC 5737), never routed. Whoever answers http there stands on the way. The last
 * octets avoid those that practice networks like to give out.
 */
const nobody = '192.0.2.213';
/** A portal is near: where it answered the request, it answers this one as fast. */
const nearFactor = 5;
const leastPatienceMs = 300;
/** How long an address where nobody is stays silent before it is believed. */
const patienceMs = 1500;
/** RFC 6585 section 6: sent by intercepting proxies, never by the server meant. */
const networkAuthenticationRequired = 511;

/** Whether a plain answer looks as a portal's does: it says so, or sends the client to a foreign host. */
function looksLikePortal(status: number, location: string | null, host: string): boolean {
  if (status === networkAuthenticationRequired) return true;
  if (status < 300 || status >= 400 || location === null) return false;
  return !isSameSite(new URL(location).hostname.replace(/^\[|\]$/g, ''), host);
}

function targetOf(context: WalkContext): TargetParsed | null {
  return context.recorder.seen('target.parsed')[0] ?? null;
}

/** Portals stand between this host and the outside: names and addresses of the inside are not their business. */
function isOutside(target: TargetParsed): boolean {
  return target.hostKind === 'name'
    ? isPublicName(target.host)
    : target.hostKind === 'ipv4' && !isPrivate(target.host) && !/^127\./.test(target.host);
}

/** The plain request itself was sent to a foreign host. */
function isSentAway(context: WalkContext, target: TargetParsed): boolean {
  const [received] = context.recorder.seen('http.response-received').filter((response) => response.followUp === undefined);
  if (target.scheme !== 'http' || received === undefined) return false;
  return looksLikePortal(received.status, locationOf(received.headers, target.url), target.host);
}

/** Nothing came of TLS, or of the connection before it, and nobody proved to be the target. */
function isShutOut({ recorder }: WalkContext): boolean {
  const failed = [
    ...recorder.seen('tcp.syn-unanswered'),
    ...recorder.seen('tcp.syn-refused'),
    ...recorder.seen('tcp.connect-failed'),
    ...recorder.seen('tcp.reset-received'),
    ...recorder.seen('tcp.closed-by-peer'),
    ...recorder.seen('tcp.peer-silent'),
    ...recorder.seen('tls.not-tls'),
    ...recorder.seen('tls.certificates-received'),
  ];
  return failed.length > 0 && recorder.seen('http.response-received').length === 0;
}

/** Does somebody on the way answer in the target's name, and in everybody's? */
export const captivePortal: FollowUp = {
  name: 'captive-portal',
  afterSuccess: true,
  isWanted(context) {
    const target = targetOf(context);
    if (target === null || !isOutside(target) || isProxied(context)) return false;
    return isSentAway(context, target) || (target.scheme === 'https' && isShutOut(context));
  },
  async run(context) {
    const target = targetOf(context);
    if (target === null || !isOutside(target) || isProxied(context)) return;
    if (isSentAway(context, target)) {
      await askNobody(context);
      return;
    }
    const plain = target.scheme === 'https' ? await askTarget(context, target) : null;
    if (plain === null || !looksLikePortal(plain.head.status, locationOf(plain.head.fields, target.url), target.host)) return;
    const known = context.options.publicResolvers ? knownAnswers.map((one) => check(context, { ...one, timeoutMs: patienceMs * 2 })) : [];
    await Promise.all([askNobody(context), askPortalService(context), ...known]);
  },
};

/** The target's own host, plainly: a healthy one points to its own https, refuses, or is silent. */
function askTarget(context: WalkContext, target: TargetParsed): Promise<CheckAnswer | null> {
  const address = context.recorder.seen('dns.addresses-chosen')[0]?.addresses[0];
  if (address === undefined) return Promise.resolve(null);
  return check(context, { asked: 'target', url: `http://${new URL(target.url).hostname}/`, address, timeoutMs: patienceMs });
}

function askNobody(context: WalkContext): Promise<CheckAnswer | null> {
  const carried = context.recorder.seen('tcp.connected').find((connected) => connected.carried);
  const near = carried?.durationMs === undefined ? patienceMs : Math.max(leastPatienceMs, carried.durationMs * nearFactor);
  return check(context, { asked: 'nobody', url: `http://${nobody}/`, address: nobody, timeoutMs: Math.min(near, patienceMs) });
}

/** The access network itself says whether this host is captive, where its lease names whom to ask (RFC 8910, RFC 8908). */
async function askPortalService(context: WalkContext): Promise<void> {
  const leases = await context.ports.host.leases();
  if (!Array.isArray(leases)) return;
  const [lease] = leases.filter((one) => one.portalUrl !== null);
  const { recorder } = context;
  if (lease?.portalUrl == null || waitOf(context).timeoutMs === 0) return;
  recorder.observe({ kind: 'local.dhcp-lease', checkpoint: 'local', atMs: recorder.sinceStart(), ...lease });
  await check(context, { asked: 'portal-api', url: lease.portalUrl, address: null });
}
