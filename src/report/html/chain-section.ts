import { type Case, type EvidenceOf, evidenceOf } from '../case.ts';
import { certificateNames } from '../fact-words.ts';
import { day } from '../wording.ts';
import { chainPaths } from './chain-paths.ts';
import { html, type Markup } from './markup.ts';

type Received = EvidenceOf<'tls.certificates-received'>;

/** The chain as sent, leaf first, drawn as a row of certificates, and what the stores say of it. */
export function chainSection(subject: Case): Markup | null {
  const received = evidenceOf(subject, 'tls.certificates-received').filter((one) => one.followUp === undefined);
  if (received.length === 0) return null;
  return html`<section aria-labelledby="chain"><h2 id="chain">Certificates</h2>${received.map(chain)}${chainPaths(subject)}</section>`;
}

function chain(received: Received): Markup {
  const { certificates } = received;
  return html`<p>From ${received.server.address} for <b>${received.serverName ?? 'no name'}</b> <a class="ref" href="#${received.id}">${received.id}</a></p>
<ol class="chain">${certificates.map((certificate, index) => {
    const above = certificates[index + 1];
    const link =
      above !== undefined
        ? above.subject === certificate.issuer
          ? 'issued by the next'
          : 'NOT issued by the next'
        : certificate.selfSigned
          ? 'signed by itself'
          : 'its issuer was not sent';
    const now = Date.parse(received.judgedAt);
    const state =
      Date.parse(certificate.notAfter) < now ? 'expired' : Date.parse(certificate.notBefore) > now ? 'not yet valid' : 'in its time';
    return html`<li class="${state === 'in its time' ? 'ok' : 'failed'}"><b>${index === 0 ? certificateNames(certificate) : certificate.subject}</b>
<dl><dt>subject</dt><dd>${certificate.subject}</dd><dt>issuer</dt><dd>${certificate.issuer}</dd><dt>valid</dt><dd>${day(certificate.notBefore)} to ${day(certificate.notAfter)}, ${state}</dd><dt>key</dt><dd>${certificate.keyType}${certificate.keyBits === null ? '' : ` ${certificate.keyBits}`}, ${certificate.signatureAlgorithm}</dd><dt>SHA-256</dt><dd class="hex">${certificate.sha256Hex}</dd></dl>
<p class="link">${link}</p></li>`;
  })}</ol>
<ul class="trust">${received.trust.map(
    (result) =>
      html`<li class="${result.trusted ? 'ok' : 'failed'}"><b>${storeNames[result.store]}</b>: ${result.trusted ? 'trusted' : (result.code ?? 'not trusted')}</li>`,
  )}</ul>`;
}

const storeNames: Readonly<Record<Received['trust'][number]['store'], string>> = {
  system: "this host's store",
  mozilla: "Mozilla's list",
  given: 'the authorities given',
};
