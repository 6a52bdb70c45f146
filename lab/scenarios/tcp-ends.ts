import type { ConnectionScript } from '../loopback/connection-script.ts';
import { closeOnAccept } from '../loopback/misbehaviours.ts';
import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { dropping, edgeReached, pageArrived, synsAtEdge, toEdge4, toEdge6 } from './ingredients.ts';

/** A script on port 443 of every edge address, in nginx's place. */
function oddEdge(steps: ConnectionScript, port = 443): readonly Change[] {
  return [{ stop: 'edge' }, { odd: { name: 'odd-edge', at: 'edge', port, behavior: { script: { steps } } } }];
}

/** Long enough for the client to see the connection open: a reset on the heels of the SYN-ACK may be all that it sees. */
const resetSoon: ConnectionScript = [{ pauseMs: 120 }, { finish: 'reset' }];

/** Forgets flows that say nothing for so many seconds, and drops what comes on them after that. */
function forgettingIdle(name: string, seconds: number): readonly Change[] {
  const known = `ip saddr . tcp sport timeout ${seconds}s`;
  const to = `${toEdge4} tcp dport 443`;
  const at = { at: 'hosting', hook: 'forward' } as const;
  const declares = [`set ${name}-flows { type ipv4_addr . inet_service; flags dynamic, timeout; size 4096; }`];
  return [
    {
      filter: {
        ...at,
        name: `${name}-forgotten`,
        match: `${to} tcp flags & syn == 0 ip saddr . tcp sport != @${name}-flows`,
        does: 'drop',
        declares,
      },
    },
    { filter: { ...at, name: `${name}-seen`, match: `${to} update @${name}-flows { ${known} }` } },
  ];
}

/** A connection opens, and ends before anything useful was said. */
export const tcpEndScenarios: readonly Scenario[] = [
  {
    id: 'tcp-reset',
    title: 'Opened and reset at once',
    fault: 'The server accepts and resets before anything was said.',
    made: "A server in nginx's place does so.",
    naive: '"TLS error: connection reset."',
    changes: oddEdge(resetSoon),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.reset',
      evidence: [{ kind: 'tcp.connected' }, { kind: 'tcp.silent-connection', where: { outcome: 'reset' } }],
    },
    proof: [{ hits: 'odd-edge' }],
    nearMissOf: ['tls.reset', 'tcp.refused'],
    lookAlike: ['tls-reset', 'http-reset', 'tls-sni-filtered'],
  },
  {
    id: 'tcp-closed',
    title: 'Opened and closed at once',
    fault: 'The server accepts and closes before anything was said: a limit of clients, a wrapper that refuses.',
    made: "A server in nginx's place does so.",
    naive: '"TLS error: unexpected end of file."',
    changes: oddEdge(closeOnAccept),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.closed',
      evidence: [{ kind: 'tcp.connected' }, { kind: 'tcp.silent-connection', where: { outcome: 'closed' } }],
    },
    proof: [{ hits: 'odd-edge' }],
    nearMissOf: ['tls.closed', 'tcp.reset'],
    lookAlike: ['tls-closed', 'http-closed'],
  },
  {
    id: 'tcp-reset-plain',
    title: 'Opened and reset at once, without TLS',
    fault: 'The same on port 80.',
    made: "A server in nginx's place on port 80 does so.",
    naive: '"The application crashed on our request."',
    changes: oddEdge(resetSoon, 80),
    url: 'http://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.reset',
      without: ['http.reset'],
      evidence: [{ kind: 'tcp.connected' }, { kind: 'tcp.silent-connection', where: { outcome: 'reset' } }],
    },
    proof: [{ hits: 'odd-edge' }],
    nearMissOf: ['http.reset'],
    lookAlike: ['http-reset'],
  },
  {
    id: 'tcp-stall',
    title: 'It opens, and nothing we send arrives',
    fault: 'After the handshake every packet with data is lost: a broken state table on the way.',
    made: 'hosting drops TCP packets with data to port 443.',
    naive: '"TLS timeout: the server hangs."',
    changes: [
      synsAtEdge,
      dropping('data-lost', 'hosting', `${toEdge4} tcp dport 443 tcp flags & (syn | fin | rst) == 0 meta length > 100`),
      dropping('data-lost6', 'hosting', `${toEdge6} tcp dport 443 tcp flags & (syn | fin | rst) == 0 meta length > 120`),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.stall',
      evidence: [{ kind: 'tcp.connected' }, { kind: 'tcp.peer-silent', where: { phase: 'hello-sent' } }],
    },
    proof: [edgeReached, { counter: 'data-lost6' }],
    lookAlike: ['tls-timeout', 'route-mtu-black-hole', 'tls-sni-filtered-silence', 'tls-large-hello'],
  },
  {
    id: 'tcp-reset-by-middlebox',
    title: 'A box in between resets after the ClientHello',
    fault: "transit resets connections in the server's name when it sees data.",
    made: 'transit rejects TCP packets with data to port 443 with a reset.',
    naive: '"The server resets us."',
    changes: [
      synsAtEdge,
      {
        filter: {
          name: 'forged',
          at: 'transit',
          hook: 'forward',
          match: 'tcp dport 443 tcp flags & (syn | fin | rst) == 0 meta length > 120',
          does: 'reject with tcp reset',
        },
      },
      { link: { name: 'behind', between: ['transit', 'core'], delayMs: 20 } },
      { ask: { server: addresses.resolver, name: 'www.shop.example', types: ['A', 'AAAA', 'HTTPS'] } },
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause: 'tcp.reset-by-middlebox', evidence: [{ kind: 'tcp.connected' }, { kind: 'tcp.reset-received' }] },
    proof: [edgeReached, { counter: 'forged' }],
    // A few hops more or less are no proof, and what the server sees is a connection on which nothing comes.
    captureClient: { checkpoint: 'tls', cause: 'tls.reset' },
    lookAlike: ['tls-reset', 'tls-sni-filtered'],
  },
  {
    id: 'tcp-reset-by-middlebox-recorded',
    title: 'A box in between resets after the ClientHello, and the walk records its packets',
    fault: "transit resets connections in the server's name when it sees data; the client may record packets.",
    made: 'transit rejects TCP packets with data to port 443 with a reset.',
    naive: '"The server resets us."',
    changes: [
      synsAtEdge,
      {
        filter: {
          name: 'forged',
          at: 'transit',
          hook: 'forward',
          match: 'tcp dport 443 tcp flags & (syn | fin | rst) == 0 meta length > 120',
          does: 'reject with tcp reset',
        },
      },
      // Further away than ways change by themselves: the edge's packets arrive with less.
      { filter: { name: 'far', at: 'edge', hook: 'output', match: 'tcp sport 443', does: 'ip ttl set 40' } },
      { ask: { server: addresses.resolver, name: 'v4.shop.example', types: ['A', 'AAAA', 'HTTPS'] } },
    ],
    url: 'https://v4.shop.example/',
    options: ['--capture', '/tmp/walk.pcap'],
    privileges: ['net_raw'],
    expect: {
      status: 'failed',
      cause: 'tcp.reset-by-middlebox',
      evidence: [{ kind: 'tcp.connected' }, { kind: 'tcp.reset-received', where: { ttl: { atLeast: 1 }, serverTtl: { atLeast: 1 } } }],
    },
    proof: [edgeReached, { counter: 'forged' }],
    captureClient: { checkpoint: 'tcp', cause: 'tcp.reset-by-middlebox' },
    lookAlike: ['tls-reset', 'tls-sni-filtered'],
  },
  {
    id: 'healthy-recorded',
    title: 'Everything works, and the walk records its packets',
    fault: 'None.',
    made: 'Nothing is changed; the client may record packets.',
    naive: 'Nothing.',
    changes: [synsAtEdge],
    url: 'https://v4.shop.example/',
    options: ['--capture', '/tmp/walk.pcap'],
    privileges: ['net_raw'],
    expect: { status: 'ok', cause: null, evidence: [{ kind: 'tcp.connected', where: { 'frames.0': { atLeast: 1 } } }] },
    proof: [edgeReached],
  },
  {
    id: 'tcp-idle-drop',
    title: 'Forgotten after two seconds of silence',
    fault: 'A firewall forgets connections that idle for two seconds, and drops what comes on them later without a word.',
    made: 'hosting drops TCP packets of flows from which nothing was heard for two seconds, unless they open a connection.',
    naive: '"It hangs, sometimes; after a retry it works."',
    changes: [synsAtEdge, ...forgettingIdle('idle', 2)],
    url: 'https://v4.shop.example/',
    options: ['--idle', '3', '--timeout', '3'],
    expect: {
      status: 'degraded',
      cause: 'tcp.idle-drop',
      evidence: [{ kind: 'tcp.idle-reused', where: { outcome: 'silent', fresh: 'answered' } }, ...pageArrived()],
    },
    proof: [edgeReached, { counter: 'idle-forgotten' }],
    captureClient: { checkpoint: null, cause: null },
    nearMissOf: ['http.timeout', 'tcp.stall'],
    lookAlike: ['healthy-idle-closed', 'healthy-idle-kept'],
  },
  {
    id: 'tcp-late-reset',
    title: 'A server that is silent and then resets',
    fault: "After the ClientHello nothing comes for two seconds, then a reset: a proxy's own timeout.",
    made: "A server in nginx's place does so.",
    naive: '"Connection reset": as if at once.',
    changes: oddEdge([{ await: 'client-hello' }, { pauseMs: 2000 }, { finish: 'reset' }]),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.reset',
      evidence: [{ kind: 'tcp.connected' }, { kind: 'tcp.reset-received', where: { phase: 'hello-sent', sinceOpenMs: { atLeast: 1900 } } }],
    },
    proof: [{ hits: 'odd-edge' }],
    nearMissOf: ['tcp.reset', 'tls.timeout'],
    lookAlike: ['tcp-reset', 'tls-timeout'],
  },
];
