import { CertificateAuthority, issueSelfSigned, keyPurposes } from '../../../lab/certificates.ts';
import {
  closeAfterClientHello,
  fatalAlert,
  garbage,
  plainHttp,
  resetAfterClientHello,
  resetAfterCompleteBody,
  silentAfterAccept,
  silentAfterClientHello,
  sshBanner,
} from '../../../lab/loopback/misbehaviours.ts';
import { startSite } from '../../../lab/loopback/site.ts';
import type { Scenario } from '../scenario.ts';

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

/** The certificate and the handshake. The connection opens in every row. */
export const tlsScenarios: readonly Scenario[] = [
  {
    when: 'the certificate expired 3 days ago',
    walk: async (stage) => stage.certified(await stage.leaf({ notBefore: daysFromNow(-90), notAfter: daysFromNow(-3) })),
    verdict: 'failed tls.cert-expired',
    command: true,
  },
  {
    when: 'the certificate is valid from tomorrow',
    walk: async (stage) => stage.certified(await stage.leaf({ notBefore: daysFromNow(1), notAfter: daysFromNow(90) })),
    verdict: 'failed tls.cert-not-yet-valid',
    command: true,
  },
  {
    when: 'the certificate is for another name',
    walk: async (stage) => stage.certified(await stage.leaf({ names: ['other.test', '*.site.test'] })),
    verdict: 'failed tls.name-mismatch',
    command: true,
  },
  {
    when: 'the certificate has a matching common name and no alternative names',
    walk: async (stage) => stage.certified(await stage.leaf({ names: [], commonName: 'site.test' })),
    verdict: 'failed tls.name-mismatch',
  },
  {
    when: 'the certificate is its own issuer',
    walk: async (stage) => stage.certified(await issueSelfSigned({ names: ['site.test'] })),
    verdict: 'failed tls.self-signed',
    command: true,
  },
  {
    when: 'the chain ends in an authority nobody knows',
    walk: async (stage) => {
      const unknown = await CertificateAuthority.createRoot({ commonName: 'Unknown root' });
      const leaf = await unknown.issue({ names: ['site.test'] });
      return stage.certified({ ...leaf, chainPem: leaf.pem + unknown.certificate.pem });
    },
    verdict: 'failed tls.unknown-ca',
    command: true,
  },
  {
    when: 'the authority is private and the user did not name it',
    walk: async (stage) => {
      const leaf = await stage.leaf();
      const { ca: _, ...walked } = await stage.certified({ ...leaf, chainPem: leaf.pem + stage.root.certificate.pem });
      return walked;
    },
    verdict: 'failed tls.unknown-ca',
  },
  {
    when: 'the server leaves out the intermediate that its certificate names',
    walk: async (stage) => {
      const intermediate = await stage.root.createIntermediate({ commonName: 'Stage intermediate' });
      const leaf = await intermediate.issue({ names: ['site.test'], issuerUrls: ['http://127.0.0.1:9/intermediate.der'] });
      return stage.certified({ ...leaf, chainPem: leaf.pem });
    },
    verdict: 'failed tls.missing-intermediate',
  },
  {
    when: 'the intermediate has expired',
    walk: async (stage) => {
      const profile = { commonName: 'Stale intermediate', notBefore: daysFromNow(-90), notAfter: daysFromNow(-3) };
      return stage.certified(await (await stage.root.createIntermediate(profile)).issue({ names: ['site.test'] }));
    },
    verdict: 'failed tls.chain-expired',
  },
  {
    when: 'the key is RSA with 1024 bits',
    walk: async (stage) => stage.certified(await stage.leaf({ key: 'rsa-1024' }), { ciphers: 'DEFAULT@SECLEVEL=0' }),
    verdict: 'failed tls.weak',
  },
  {
    when: 'the certificate is for clients',
    walk: async (stage) => stage.certified(await stage.leaf({ extendedKeyUsage: [keyPurposes.clientAuth] })),
    verdict: 'failed tls.wrong-usage',
  },
  { when: 'the server sends a fatal alert', walk: (stage) => stage.scripted(fatalAlert(80)), verdict: 'failed tls.alert', command: true },
  { when: 'the server wants another version', walk: (stage) => stage.scripted(fatalAlert(70)), verdict: 'failed tls.version' },
  { when: 'the server does not know the name', walk: (stage) => stage.scripted(fatalAlert(112)), verdict: 'failed tls.unrecognized-name' },
  {
    when: 'the server demands a client certificate',
    walk: async (stage) => stage.certified(await stage.leaf(), { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' }),
    verdict: 'failed tls.client-cert-required',
  },
  { when: 'the TLS port speaks plain HTTP', walk: (stage) => stage.scripted(plainHttp), verdict: 'failed tls.not-tls', command: true },
  {
    when: 'the TLS port is a real plain HTTP server',
    walk: async (stage) => stage.at((await stage.start(startSite())).port),
    verdict: 'failed tls.not-tls',
  },
  { when: 'the TLS port speaks SSH', walk: (stage) => stage.scripted(sshBanner), verdict: 'failed tls.not-tls' },
  { when: 'the TLS port sends garbage', walk: (stage) => stage.scripted(garbage), verdict: 'failed tls.not-tls' },
  {
    when: 'the server is silent after the connection opens',
    walk: async (stage) => ({ ...(await stage.scripted(silentAfterAccept)), timeoutSeconds: 1 }),
    verdict: 'failed tls.timeout',
    command: true,
  },
  {
    when: 'the server is silent after the ClientHello',
    walk: async (stage) => ({ ...(await stage.scripted(silentAfterClientHello)), timeoutSeconds: 1 }),
    verdict: 'failed tls.timeout',
  },
  {
    when: 'the server resets after the ClientHello',
    walk: (stage) => stage.scripted(resetAfterClientHello),
    verdict: 'failed tls.reset',
    command: true,
  },
  {
    when: 'the server closes after the ClientHello',
    walk: (stage) => stage.scripted(closeAfterClientHello),
    verdict: 'failed tls.closed',
    command: true,
  },
  {
    when: 'the certificate has a day left of ninety',
    walk: async (stage) => stage.certified(await stage.leaf({ notBefore: daysFromNow(-89), notAfter: daysFromNow(1) })),
    verdict: 'degraded tls.expires-soon',
    command: true,
  },
  {
    when: 'the handshake takes 1.3 s',
    walk: (stage) => stage.scripted(resetAfterCompleteBody, { tls: true, handshakeAfterMs: 1300 }),
    verdict: 'degraded tls.slow',
  },

  {
    when: 'the certificate is its own issuer and the user trusts it',
    walk: async (stage) => {
      const leaf = await issueSelfSigned({ names: ['site.test'] });
      return { ...(await stage.certified(leaf)), ca: leaf.pem };
    },
    verdict: 'ok',
    command: true,
  },
  {
    when: 'the certificate is for six days and has four left',
    walk: async (stage) => stage.certified(await stage.leaf({ notBefore: daysFromNow(-2), notAfter: daysFromNow(4) })),
    verdict: 'ok',
  },
  {
    when: 'the certificate names the site by wildcard',
    walk: async (stage) => {
      const site = await stage.start(startSite({ tls: await stage.leaf({ names: ['*.site.test'] }) }));
      const resolvers = [await stage.resolver({ 'www.site.test': { records: { A: ['127.0.0.1'] } } })];
      return { ...(await stage.at(site.port)), url: `https://www.site.test:${site.port}/`, resolvers };
    },
    verdict: 'ok',
  },
  {
    when: 'the site is asked for by address and the certificate has the address',
    walk: async (stage) => {
      const site = await stage.start(startSite({ tls: await stage.leaf({ addresses: ['127.0.0.1'] }) }));
      return { url: `https://127.0.0.1:${site.port}/`, ca: stage.root.certificate.pem };
    },
    verdict: 'ok',
  },
  {
    when: 'the chain has two intermediates, all sent',
    walk: async (stage) => {
      const upper = await stage.root.createIntermediate({ commonName: 'Upper' });
      const lower = await upper.createIntermediate({ commonName: 'Lower' });
      return stage.certified(await lower.issue({ names: ['site.test'] }));
    },
    verdict: 'ok',
  },
  {
    when: 'the server sends the root as well',
    walk: async (stage) => {
      const leaf = await stage.leaf();
      return stage.certified({ ...leaf, chainPem: leaf.pem + stage.root.certificate.pem });
    },
    verdict: 'ok',
  },
  {
    when: 'the chain carries an expired cross-sign that nobody needs',
    walk: async (stage) => {
      const old = await CertificateAuthority.createRoot({ commonName: 'Old root' });
      const crossed = await old.crossSign(stage.root, { notBefore: daysFromNow(-900), notAfter: daysFromNow(-30) });
      const intermediate = await stage.root.createIntermediate({ commonName: 'Stage intermediate' });
      const leaf = await intermediate.issue({ names: ['site.test'] });
      return stage.certified({ ...leaf, chainPem: leaf.chainPem + crossed.certificate.pem });
    },
    verdict: 'ok',
  },
  {
    when: 'the server speaks TLS 1.2 only',
    walk: async (stage) => stage.certified(await stage.leaf(), { maxVersion: 'TLSv1.2' }),
    verdict: 'ok',
  },
  {
    when: 'the server asks for a client certificate and works without one',
    walk: async (stage) => stage.certified(await stage.leaf(), { requestCert: true, rejectUnauthorized: false }),
    verdict: 'ok',
  },
  {
    when: 'the handshake takes 400 ms',
    walk: (stage) => stage.scripted(resetAfterCompleteBody, { tls: true, handshakeAfterMs: 400 }),
    verdict: 'ok',
  },
];
