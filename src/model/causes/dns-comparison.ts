import type { Cause } from '../cause.ts';

/** Causes of the `dns` checkpoint that show where records or several answers are held together, in vocabulary order. */
export const dnsComparisonCauses: readonly Cause[] = [
  {
    code: 'dns.cname-loop',
    meaning: 'The alias chain of the name loops or is too long.',
    browserErrors: ['ERR_NAME_NOT_RESOLVED'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'two aliases point at each other after a move between CDN and site',
      'a wildcard alias that catches its own target',
      'the alias was set to the public name instead of the name the provider gave',
    ],
    nextSteps: [
      { action: 'See the chain', command: 'dig @{resolver} {host} A +noall +comments +answer' },
      { action: 'Where the resolver gives up: see each alias at its own name server', command: 'dig +trace +nodnssec {host} CNAME' },
      { action: 'DNS operator: point the last alias at the real target, or replace it by A and AAAA' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +noall +comments +answer',
  },
  {
    code: 'dns.cname-dangling',
    meaning: 'The name is an alias that points at a name which does not exist.',
    browserErrors: ['ERR_NAME_NOT_RESOLVED'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'the cloud service, bucket or load balancer behind it was deleted',
      'a typing mistake in the alias, or a missing dot at its end so that the zone was appended',
      'the CDN contract ended',
    ],
    nextSteps: [
      { action: 'See the alias and its missing target', command: 'dig @{resolver} {host} A +noall +comments +answer +authority' },
      { action: 'DNS operator: correct or remove the alias' },
      { action: 'Treat it as urgent: whoever registers the target name takes over this one' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +noall +comments +answer +authority',
  },
  {
    code: 'dns.wrong-address',
    meaning:
      'The answer contradicts a stated expectation, or differs from what the authoritative servers say now beyond what TTL and geography explain.',
    browserErrors: ['varies'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'an old address still cached after a move',
      'a wrong record in the zone',
      'a split view: this resolver serves an internal or outdated copy of the zone',
      'the answer was hijacked on the path or in the router',
    ],
    nextSteps: [
      {
        action: 'Compare the resolver with the authoritative servers; note the remaining TTL',
        command: 'dig @{resolver} {host} A +noall +answer; dig +trace +nodnssec {host} A',
      },
      { action: 'Stale: wait for the TTL or have the cache flushed; wrong at the source: correct the zone' },
      { action: 'Neither: change the resolver and check the router for altered DNS settings' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +noall +answer; dig +trace +nodnssec {host} A',
    falsePositives: ['a CDN or cloud that answers by place: the address differs and still proves itself by its certificate'],
  },
  {
    code: 'dns.bogus-address',
    meaning: 'The answer is 0.0.0.0, loopback or another address impossible for a public name.',
    browserErrors: ['ERR_ADDRESS_INVALID', 'ERR_CONNECTION_REFUSED'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'a blocking resolver answers 0.0.0.0 or :: for names on its list',
      'a placeholder was published in the zone',
      'rebind protection or a parking service rewrote the answer',
    ],
    nextSteps: [
      {
        action: 'Compare with another resolver',
        command: 'dig @{resolver} {host} A +noall +answer; dig @1.1.1.1 {host} A +noall +answer',
      },
      { action: 'Only this resolver says so: ask those who run it to allow the name' },
      { action: 'All say so: DNS operator corrects the record' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +noall +answer',
    falsePositives: ['names that mean loopback by design, such as localhost or developer domains'],
  },
  {
    code: 'dns.hosts-override',
    meaning: 'An entry in the hosts file of this host shadows DNS for the name.',
    browserErrors: ['varies'],
    degrades: true,
    side: 'client',
    likelyReasons: [
      'left from a test or a migration',
      'written by a container runtime, a VPN client or an ad blocker',
      'malware that redirects the name',
    ],
    nextSteps: [
      { action: 'See the line', command: 'grep -nwF -e {host} /etc/hosts' },
      { action: 'Compare with DNS', command: 'getent ahosts {host}; dig {host} A +short; dig {host} AAAA +short' },
      { action: 'Remove or correct the line, then flush browser and system caches' },
    ],
    confirmCommand: 'grep -nwF -e {host} /etc/hosts',
  },
  {
    code: 'dns.split-horizon',
    meaning: 'An inside resolver and public resolvers answer differently by design.',
    browserErrors: [],
    degrades: true,
    side: 'dns',
    likelyReasons: [
      'an internal view of the zone for office and VPN',
      'a private zone of the cloud network',
      'a service mesh or cluster DNS',
    ],
    nextSteps: [
      {
        action: 'Compare inside with outside',
        command: 'dig @{resolver} {host} A +noall +answer; dig @1.1.1.1 {host} A +noall +answer',
      },
      { action: 'When it hurts: decide which view this client should see, and give it that resolver' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +noall +answer; dig @1.1.1.1 {host} A +noall +answer',
    falsePositives: ['a CDN that answers by place: the owner of the addresses is the same'],
  },
  {
    code: 'dns.inconsistent',
    meaning: "The zone's own name servers disagree, in serial or in data.",
    browserErrors: ['intermittent'],
    degrades: true,
    side: 'dns',
    likelyReasons: [
      'zone transfer to a secondary is broken: NOTIFY lost, key or access list wrong',
      'two providers that are not kept in step',
      'old name servers of a move still in the delegation',
      'the serial was not raised',
    ],
    nextSteps: [
      {
        action: 'Compare the serials of all name servers',
        command: 'dig +nssearch $(dig {host} SOA +noall +answer +authority | cut -f1 | tail -1)',
      },
      { action: 'DNS operator: transfer the zone again on the odd one, or remove it from the delegation' },
    ],
    confirmCommand: 'dig +nssearch $(dig {host} SOA +noall +answer +authority | cut -f1 | tail -1)',
    falsePositives: ['a change a few seconds ago', 'name servers that answer by place, with serials of their own by design'],
  },
  {
    code: 'dns.intercepted',
    meaning: 'Something on the path answers queries that were meant for another resolver.',
    browserErrors: ['varies'],
    degrades: true,
    side: 'network',
    likelyReasons: [
      'the provider or the router redirects all DNS to its own resolver',
      'company policy at the firewall',
      'a captive portal before sign-in',
      'malware in the router',
    ],
    nextSteps: [
      {
        action: 'Ask a root server about the root: an answer with the flag ra, or without aa, is not its own',
        command: 'dig @198.41.0.4 . NS +norecurse +noall +comments',
      },
      { action: 'Ask who really answered', command: 'dig @1.1.1.1 whoami.cloudflare CH TXT +short; dig @1.1.1.1 id.server CH TXT +short' },
      { action: 'Use DNS over TLS or HTTPS, or ask those who run the network' },
    ],
    confirmCommand: 'dig @198.41.0.4 . NS +norecurse +noall +comments',
  },
  {
    code: 'dns.flaky',
    meaning: 'Identical queries to one resolver sometimes succeed and sometimes fail.',
    browserErrors: ['intermittent'],
    degrades: true,
    side: 'dns',
    likelyReasons: [
      'one machine of several behind the resolver address is broken',
      'packet loss between here and the resolver',
      'the resolver is overloaded or limits the rate',
      'one of the name servers of the zone is dead and is asked in turn',
    ],
    nextSteps: [
      {
        action: 'Count outcomes over twenty queries',
        command:
          "for i in $(seq 20); do dig @{resolver} {host} A +tries=1 +time=2 | grep -oE 'status: [A-Z]+|timed out|refused' | head -1; done | sort | uniq -c",
      },
      { action: 'Tell loss from load', command: 'ping -c 20 -i 0.2 {resolver}' },
      { action: 'Add a second resolver; send the counts to those who run the first' },
    ],
    confirmCommand:
      "for i in $(seq 20); do dig @{resolver} {host} A +tries=1 +time=2 | grep -oE 'status: [A-Z]+|timed out|refused' | head -1; done | sort | uniq -c",
  },
  {
    code: 'dns.one-resolver-broken',
    meaning: 'Some of the configured resolvers fail while others work.',
    browserErrors: ['slow', 'intermittent'],
    degrades: true,
    side: 'dns',
    likelyReasons: [
      'one resolver is down, and each lookup waits for it first',
      'a resolver of the old network or VPN is still in the list',
      'a firewall allows one of them only',
    ],
    nextSteps: [
      { action: 'Ask the broken one alone', command: 'dig @{resolver} {host} A +tries=1 +time=3' },
      { action: 'See the order in which applications ask', command: 'grep nameserver /etc/resolv.conf' },
      { action: 'Repair it, or take it out of DHCP or of the configuration' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +tries=1 +time=3',
  },
  {
    code: 'dns.aaaa-broken',
    meaning: 'AAAA queries for the name fail or hang, while A queries work.',
    browserErrors: ['slow'],
    degrades: true,
    side: 'dns',
    likelyReasons: [
      'a load balancer acting as name server that does not know AAAA: silence, NXDOMAIN or SERVFAIL in place of an empty answer',
      'a forwarder or firewall that drops AAAA queries',
      'a broken DNSSEC denial for the missing type',
    ],
    nextSteps: [
      { action: 'Time both', command: 'dig @{resolver} {host} A +tries=1 +time=3; dig @{resolver} {host} AAAA +tries=1 +time=3' },
      { action: 'DNS operator: answer AAAA with NOERROR and no data (RFC 4074), or publish AAAA' },
      { action: 'Client side stopgap in resolv.conf: options single-request' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +tries=1 +time=3; dig @{resolver} {host} AAAA +tries=1 +time=3',
  },
  {
    code: 'dns.slow',
    meaning: 'The lookup takes longer than its budget.',
    browserErrors: ['slow'],
    degrades: true,
    side: 'dns',
    likelyReasons: [
      'a far or overloaded resolver',
      'nothing cached: very short TTLs, a long alias chain',
      'one of the name servers of the zone is slow or dead',
      'a first configured resolver that times out before the second is asked',
    ],
    nextSteps: [
      {
        action: 'Ask twice: slow only the first time means the resolver had to fetch it',
        command: 'dig @{resolver} {host} A +noall +stats; dig @{resolver} {host} A +noall +stats',
      },
      { action: 'Distance to the resolver', command: 'ping -c 5 {resolver}' },
      { action: 'Find the slow step', command: 'dig +trace +nodnssec {host} A' },
      { action: 'Use a nearer resolver, or raise the TTL and shorten the alias chain' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +noall +stats',
    falsePositives: ['a cold cache: the first user after a TTL pays for all'],
  },
];
