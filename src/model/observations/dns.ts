import type { Failure } from '../failure.ts';
import type { Observed } from './base.ts';

interface Dns extends Observed {
  checkpoint: 'dns';
}

/** How a resolver was reached and why it was asked. */
export interface ResolverIdentity {
  address: string;
  port: number;
  transport: 'udp' | 'tcp' | 'tls' | 'https';
  /** `configured`: this host's own; `named`: by option; `public`: well known; `authoritative`: a name server of the zone; `unknown`: seen in a capture. */
  role: 'configured' | 'named' | 'public' | 'authoritative' | 'unknown';
}

/** One resource record, data in presentation form (RFC 1035 section 5.1; RFC 9460 for SVCB). */
export interface DnsRecord {
  /** Owner, lower case, without the trailing dot (`.` is the root). */
  name: string;
  /** `A`, `AAAA`, `CNAME`, ..., or `TYPE123` (RFC 3597). */
  type: string;
  ttlSeconds: number;
  data: string;
}

/** RFC 8914. */
export interface ExtendedDnsError {
  infoCode: number;
  text: string;
}

/** A question and what became of it: exactly one of these kinds per question asked of one resolver. */
export interface DnsQuestionFacts {
  resolver: ResolverIdentity;
  name: string;
  type: string;
  /** Checking disabled bit in the query (RFC 4035 section 3.2.2). */
  checkingDisabled: boolean;
  /** Recursion desired bit in the query. */
  recursionDesired: boolean;
  /** The query carried an OPT record (RFC 6891). */
  edns: boolean;
  /** How often it was sent, retransmissions included. */
  attempts: number;
}

/** A matching answer arrived, whatever its response code. */
export interface DnsAnswered extends Dns, DnsQuestionFacts {
  kind: 'dns.answered';
  /** Response code with the extended bits (RFC 6895). */
  rcode: number;
  /** `NOERROR`, `NXDOMAIN`, ... or `RCODE123`. */
  rcodeName: string;
  authoritative: boolean;
  truncated: boolean;
  recursionAvailable: boolean;
  authenticData: boolean;
  answers: DnsRecord[];
  authority: DnsRecord[];
  extendedErrors: ExtendedDnsError[];
  responseBytes: number;
}

/** No answer within the budget. */
export interface DnsUnanswered extends Dns, DnsQuestionFacts {
  kind: 'dns.unanswered';
  waitedMs: number;
}

/** The question could not be delivered: port closed (`connection-refused`), unreachable, not permitted, TCP or TLS failure. */
export interface DnsUndeliverable extends Dns, DnsQuestionFacts {
  kind: 'dns.undeliverable';
  failure: Failure;
}

/** Bytes came back that are no DNS message, or none that answers the question. They were refused. */
export interface DnsAnswerRejected extends Dns, DnsQuestionFacts {
  kind: 'dns.answer-rejected';
  reason: 'malformed' | 'wrong-id' | 'wrong-question' | 'not-a-response';
  /** First bytes in hex, at most 64 bytes. */
  sampleHex: string;
}

/** What applications get from the system (getaddrinfo): hosts file, search domains and resolvers together. */
export interface DnsSystemLookup extends Dns {
  kind: 'dns.system-lookup';
  name: string;
  addresses: string[];
  /** Set when it gave no addresses. `timed-out`: it had not returned within the budget. */
  failure?: Failure;
}

/** The addresses that the rest of the walk uses, and where they are from. */
export interface DnsAddressesChosen extends Dns {
  kind: 'dns.addresses-chosen';
  name: string;
  addresses: string[];
  source: 'system' | 'resolver' | 'hosts-file' | 'literal' | 'connect-to';
}

export type DnsObservation = DnsAnswered | DnsUnanswered | DnsUndeliverable | DnsAnswerRejected | DnsSystemLookup | DnsAddressesChosen;
