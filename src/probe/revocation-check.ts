import type { TlsCertificatesReceived } from '../model/observations/tls.ts';
import { fetchNamed } from './certificate-fetch.ts';
import { derOf, receivedCertificates } from './certificate-paths.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import type { WalkContext } from './walk-context.ts';

/** Responders asked for one certificate. */
const mostResponders = 2;

/**
 * Is the certificate revoked? Asked of the authority itself (OCSP, RFC 6960) only when everything is to be measured: the authority learns who looks at
 * which site. What the server stapled says as much, and is read in every walk.
 */
export const revocationCheck: FollowUp = {
  name: 'revocation-check',
  isWanted: ({ options, recorder }) => options.thorough && recorder.seen('tls.revocation-stated').length === 0,
  // The issuer may be among what was fetched for the chain.
  buildsOnOthers: true,
  async run(context) {
    const received = receivedCertificates(context);
    const chain = received === null ? null : derOf(context, received);
    if (received === null || chain === null || isProxied(context) || context.recorder.seen('tls.revocation-stated').length > 0) return;
    const question = context.ports.chains.revocationQuestion(chain);
    if (question === null) return;
    for (const url of question.urls.slice(0, mostResponders)) if (await ask(context, received, chain, url)) return;
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
