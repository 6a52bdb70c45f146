import type { TlsRevocationListed } from '../model/observations/certificate-paths.ts';
import type { TlsCertificatesReceived } from '../model/observations/tls.ts';
import { decidingTrust } from '../model/trust.ts';
import { type Fetched, fetchNamed } from './certificate-fetch.ts';
import { derOf, receivedCertificates } from './certificate-paths.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import type { WalkContext } from './walk-context.ts';

/** Responders asked for one certificate, and lists fetched. */
const mostSources = 2;
/** Lists of authorities that cut theirs into parts have up to 1 MiB; one of everything may have more, and is not read. */
const listLimits = { bytes: 4 * 1024 * 1024, contentMs: 30_000 };

/**
 * Is the certificate revoked? What the server stapled says so, and is read in every walk. When everything is to be measured, the authority's responder is
 * asked (OCSP, RFC 6960), which learns who looks at which site, and where there is none or it is silent, its list is fetched (RFC 5280 section 5). Of
 * a certificate that has a list alone, as most have, it is fetched as well when the request failed: a list is the same for many thousand sites.
 */
export const revocationCheck: FollowUp = {
  name: 'revocation-check',
  isWanted(context) {
    if (context.recorder.seen('tls.revocation-stated').length > 0 || isProxied(context)) return false;
    const received = receivedCertificates(context);
    const chain = received === null ? null : derOf(context, received);
    // Of a chain that is not believed anyway nothing more needs to be known.
    if (received === null || chain === null || decidingTrust(received.trust)?.trusted !== true) return false;
    const { urls, hasResponder } = context.ports.chains.revocationLists(chain);
    return urls.length > 0 && !hasResponder;
  },
  // The issuer may be among what was fetched for the chain.
  buildsOnOthers: true,
  async run(context) {
    const { options, ports, recorder } = context;
    const received = receivedCertificates(context);
    const chain = received === null ? null : derOf(context, received);
    if (received === null || chain === null || isProxied(context) || recorder.seen('tls.revocation-stated').length > 0) return;
    const question = options.thorough ? ports.chains.revocationQuestion(chain) : null;
    for (const url of question?.urls.slice(0, mostSources) ?? []) if (await ask(context, received, chain, url)) return;
    const { urls } = ports.chains.revocationLists(chain);
    for (const url of urls.slice(0, mostSources)) if (await readList(context, received, chain, url)) return;
  },
};

/** True when the responder answered. */
async function ask(context: WalkContext, received: TlsCertificatesReceived, chain: readonly string[], url: string): Promise<boolean> {
  const { ports, recorder } = context;
  const fetched = await fetchNamed(context, received.server.address, url);
  const [leaf] = received.certificates;
  if (fetched.kind !== 'answered' || fetched.status !== 200 || leaf === undefined) return false;
  const { connection, server, serverName } = received;
  recorder.observe({
    checkpoint: 'tls',
    atMs: recorder.sinceStart(),
    connection,
    server,
    serverName,
    kind: 'tls.revocation-stated',
    source: 'fetched',
    sha256Hex: leaf.sha256Hex,
    ...ports.chains.readRevocation(fetched.body, chain),
    judgedAt: new Date(ports.clock.wallMs()).toISOString(),
  });
  return true;
}

/** True when it is a list. */
async function readList(context: WalkContext, received: TlsCertificatesReceived, chain: readonly string[], url: string): Promise<boolean> {
  const { ports, recorder } = context;
  const fetched = await fetchNamed(context, received.server.address, url, listLimits);
  const [leaf] = received.certificates;
  if (leaf === undefined) return false;
  const body = fetched.kind === 'answered' && fetched.status === 200 ? fetched.body : new Uint8Array();
  const facts = ports.chains.readRevocationList(body, chain);
  const outcome = outcomeOf(fetched, facts.entries !== null);
  const { connection, server, serverName } = received;
  recorder.observe({
    checkpoint: 'tls',
    atMs: recorder.sinceStart(),
    connection,
    server,
    serverName,
    kind: 'tls.revocation-listed',
    url,
    source: fetched.kind === 'not-asked' ? null : fetched.source,
    outcome,
    failure: fetched.kind === 'no-answer' ? fetched.failure : null,
    bytes: fetched.kind === 'answered' ? fetched.body.length : null,
    sha256Hex: leaf.sha256Hex,
    ...facts,
    judgedAt: new Date(ports.clock.wallMs()).toISOString(),
  });
  return outcome === 'list';
}

function outcomeOf(fetched: Fetched, isList: boolean): TlsRevocationListed['outcome'] {
  if (fetched.kind !== 'answered') return fetched.kind;
  if (isList) return 'list';
  return fetched.body.length >= listLimits.bytes ? 'too-large' : 'no-list';
}
