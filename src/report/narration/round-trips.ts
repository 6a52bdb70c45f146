import { type Case, evidenceOf, firstEvidence } from '../case.ts';
import { duration, plural } from '../wording.ts';

/** Round trips until the first byte, counted, and what they cost. Empty when no answer came. */
export function roundTripLines(subject: Case): string[] {
  const { roundTrips, roundTripMs, firstByteMs } = subject.timings;
  if (roundTrips === null || firstByteMs === null) return [];
  const asked = firstEvidence(subject, 'dns.addresses-chosen')?.durationMs !== undefined;
  const handshake = firstEvidence(subject, 'tls.handshake-completed');
  const parts = [
    asked ? 'name 1' : '',
    'TCP 1',
    handshake === null ? '' : `TLS ${handshake.roundTrips ?? (handshake.version === 'TLSv1.3' ? 1 : 2)}`,
    'request 1',
  ].filter((part) => part !== '');
  return [
    `${plural(roundTrips, 'round trip')} until the first byte: ${parts.join(', ')}.`,
    ...(roundTripMs === null
      ? []
      : [
          `One to this server takes ${duration(roundTripMs)}: no server, however fast, answers a first visit sooner than ${duration(roundTripMs * (roundTrips - (asked ? 1 : 0)))} after the name is known.`,
        ]),
  ];
}

/** Which cache makes which step free next time, and for how long. */
export function cacheLines(subject: Case): string[] {
  const answers = evidenceOf(subject, 'dns.answered').filter((one) => one.followUp === undefined && one.name === subject.host);
  const ttls = answers.flatMap((one) => one.answers.map((record) => record.ttlSeconds));
  const handshake = firstEvidence(subject, 'tls.handshake-completed');
  const response = evidenceOf(subject, 'http.response-received')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  if (response === undefined) return [];
  const field = (name: string): string | null => response.headers.find((header) => header.name === name)?.value ?? null;
  const control = field('cache-control');
  const age = /(?:^|[\s,])max-age=(\d+)/i.exec(control ?? '')?.[1];
  const validator = field('etag') !== null ? 'ETag' : field('last-modified') !== null ? 'Last-Modified' : null;
  return [
    ...(ttls.length === 0
      ? []
      : [`The name: free for ${plural(Math.min(...ttls), 'second')}, from the cache of the resolver, this computer or the browser.`]),
    field('connection')?.toLowerCase() === 'close'
      ? 'The connection: not kept, the server closes it.'
      : 'The connection: TCP and TLS are free while the browser keeps it open.',
    ...(handshake === null || field('connection')?.toLowerCase() !== 'close'
      ? []
      : ['TLS on a new connection: a session ticket can save the certificate and, in TLS 1.3 with early data, a round trip.']),
    control !== null && /no-store/i.test(control)
      ? 'The answer: fetched every time (no-store).'
      : age !== undefined && Number(age) > 0
        ? `The answer: free for ${plural(Number(age), 'second')}, from the browser's cache.`
        : validator !== null
          ? `The answer: asked for again, and with ${validator} answered 304 without a body while it is the same.`
          : 'The answer: nothing says how long it may be kept; browsers guess.',
  ];
}

/** The warm run beside the cold one: measured where it was made, else what it comes to. */
export function warmLines(subject: Case): string[] {
  const { roundTripMs, serverMs, redirectMs } = subject.timings;
  if (subject.timings.totalMs === null) return [];
  const totalMs = subject.timings.totalMs - (redirectMs ?? 0);
  const warm = evidenceOf(subject, 'http.warm-run').at(-1) ?? null;
  if (warm !== null && warm.outcome !== 'answered') {
    return [
      `The same request on the kept connection was ${warm.outcome === 'silent' ? 'not answered' : 'met by its end'}: keeping it saves nothing here.`,
    ];
  }
  if (warm?.durationMs !== undefined) {
    const saved = totalMs - warm.durationMs;
    const rest = saved <= 0 ? '' : `, ${duration(saved)} less`;
    return [
      `Measured: cold ${duration(totalMs)}; the same request on the kept connection ${duration(warm.durationMs)}${rest} (${warm.id}).`,
    ];
  }
  if (roundTripMs === null || serverMs === null) return [];
  return [
    `A request on the kept connection takes one round trip and the server's time, about ${duration(roundTripMs + serverMs)} in place of ${duration(totalMs)} (computed from the above; not measured).`,
  ];
}
