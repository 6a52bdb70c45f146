import { anyStrength, type BadsslCase, completed } from './case.ts';
import { finiteFieldGroups } from './finite-field-groups.ts';

/** The server accepts TLS 1.2 with these ciphers alone. */
function ciphers(name: string, title: string, list: string, more: Partial<BadsslCase> = {}): BadsslCase {
  const { site, ...rest } = more;
  return {
    name,
    title,
    made: `nginx offers TLS 1.2 with ${list.replaceAll('"', '')}.`,
    site: { protocols: 'TLSv1.2', ciphers: list, ...site },
    ...rest,
  };
}

/** An old server, which this machine's OpenSSL cannot be: it answers hellos that offer one of its suites, and refuses all others. */
function oldServer(name: string, title: string, version: number, suites: readonly number[], more: Partial<BadsslCase>): BadsslCase {
  return {
    name,
    title,
    made: "A server in nginx's place answers like one: with a ServerHello when a suite of its own is offered, else with handshake_failure.",
    changes: [{ stop: 'edge' }, { odd: { name: 'old-server', at: 'edge', port: 443, behavior: { old: { version, suites } } } }],
    status: 'failed',
    proof: [{ hits: 'old-server' }],
    captureClient: { checkpoint: 'tls' },
    ...more,
  };
}

/** Only finite-field Diffie-Hellman over this group. */
function finiteField(name: string, title: string, group: keyof typeof finiteFieldGroups, more: Partial<BadsslCase>): BadsslCase {
  return ciphers(name, title, '"DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"', {
    site: { certificate: { key: 'rsa-2048' }, dhParameters: finiteFieldGroups[group] },
    captureClient: { checkpoint: 'tls' },
    ...more,
  });
}

/** Versions, ciphers, key exchanges, and certificates of clients. */
export const badsslHandshakes: readonly BadsslCase[] = [
  oldServer('3des', '3DES alone', 0x0303, [0xc012, 0x000a], {
    cause: 'tls.cipher',
    evidence: [{ kind: 'tls.hello-tried', where: { variant: 'widest', cipher: { matches: '3DES' } } }],
  }),
  oldServer('rc4', 'RC4 alone', 0x0303, [0xc011, 0x0005], {
    cause: 'tls.cipher',
    evidence: [{ kind: 'tls.hello-tried', where: { variant: 'widest', cipher: { matches: 'RC4' } } }],
  }),
  oldServer('rc4-md5', 'RC4 with MD5 alone', 0x0303, [0x0004], {
    cause: 'tls.cipher',
    evidence: [{ kind: 'tls.hello-tried', where: { variant: 'widest', cipher: { matches: 'RC4_128_MD5' } } }],
  }),
  ciphers('null', 'No encryption, or no certificate', '"eNULL:aNULL:@SECLEVEL=0"', {
    status: 'failed',
    cause: 'tls.cipher',
    evidence: [{ kind: 'tls.hello-tried', where: { variant: 'widest', outcome: 'hello', cipher: { matches: 'NULL|anon' } } }],
    captureClient: { checkpoint: 'tls' },
  }),
  ciphers('cbc', 'AES-CBC alone', '"ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA"', {
    site: { certificate: { key: 'rsa-2048' } },
    evidence: [{ kind: 'tls.handshake-completed', where: { cipher: { matches: 'CBC' } } }],
  }),
  ciphers('mozilla-old', 'Everything from the old days as well', anyStrength, {
    site: { protocols: 'TLSv1 TLSv1.1 TLSv1.2', certificate: { key: 'rsa-2048' }, dhParameters: finiteFieldGroups.modp2 },
    evidence: [completed],
  }),
  ciphers(
    'mozilla-intermediate',
    'What Mozilla recommends',
    '"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305"',
    {
      site: { protocols: 'TLSv1.2 TLSv1.3' },
    },
  ),
  ciphers('mozilla-modern', 'TLS 1.2 with ECDHE and AEAD', '"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"', {}),
  finiteField('dh1024', 'A Diffie-Hellman group of 1024 bits', 'modp2', {
    status: 'degraded',
    cause: 'tls.legacy',
    scope: ['browser'],
    evidence: [
      { kind: 'tls.handshake-completed', where: { primeBits: 1024 } },
      { kind: 'tls.hello-tried', where: { variant: 'browser', outcome: 'alert' } },
    ],
    captureClient: { checkpoint: 'unclear', why: 'whether a curve would have been accepted is not in the packets of the request' },
  }),
  finiteField('dh2048', 'A Diffie-Hellman group of 2048 bits', 'modp14', {
    status: 'degraded',
    cause: 'tls.legacy',
    scope: ['browser'],
    evidence: [
      { kind: 'tls.handshake-completed', where: { primeBits: 2048 } },
      { kind: 'tls.hello-tried', where: { variant: 'browser', outcome: 'alert' } },
    ],
    captureClient: { checkpoint: null },
  }),
  ciphers('static-rsa', 'RSA key exchange alone', '"AES128-GCM-SHA256:AES256-GCM-SHA384"', {
    site: { certificate: { key: 'rsa-2048' } },
    status: 'degraded',
    cause: 'tls.legacy',
    evidence: [{ kind: 'tls.handshake-completed', where: { forwardSecret: false } }],
    captureClient: { checkpoint: 'tls' },
  }),
  oldServer('ssl-v3', 'SSL 3.0 alone', 0x0300, [0x000a, 0x0005, 0x002f, 0x0035], {
    cause: 'tls.version',
    evidence: [{ kind: 'tls.handshake-failed', where: { version: 'SSLv3' } }],
  }),
  ...(['1.0', '1.1'] as const).map(
    (version): BadsslCase => ({
      name: `tls-v${version.replace('.', '-')}`,
      title: `TLS ${version} alone`,
      made: `nginx offers TLS ${version} alone.`,
      site: { protocols: version === '1.0' ? 'TLSv1' : 'TLSv1.1', ciphers: anyStrength },
      status: 'degraded',
      cause: 'tls.legacy',
      scope: ['browser'],
      evidence: [{ kind: 'tls.handshake-completed', where: { version: version === '1.0' ? 'TLSv1' : 'TLSv1.1' } }],
      captureClient: { checkpoint: 'tls' },
    }),
  ),
  { name: 'tls-v1-2', title: 'TLS 1.2 alone', made: 'nginx offers TLS 1.2 alone.', site: { protocols: 'TLSv1.2' } },
  ...(['client', 'client-cert-missing'] as const).map(
    (name): BadsslCase => ({
      name,
      title: name === 'client' ? 'A client certificate is demanded' : 'A client certificate of an authority nobody has',
      made: 'nginx verifies clients (ssl_verify_client on).',
      site: {
        protocols: name === 'client' ? 'TLSv1.2 TLSv1.3' : 'TLSv1.2',
        server: ['ssl_verify_client on;', 'ssl_client_certificate /run/wirewalk-lab/authorities/private.pem;'],
      },
      status: 'failed',
      cause: 'tls.client-cert-required',
      evidence: [
        { kind: 'tls.handshake-completed', where: { clientCertificateRequested: true } },
        { kind: 'http.response-received', where: { status: 400 } },
      ],
      captureClient: { checkpoint: 'unclear', why: 'the answer that says so is encrypted' },
    }),
  ),
];
