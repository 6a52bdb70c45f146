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
  /** A name server's name, or the name its certificate must bear (RFC 8310 section 5); absent where only the address is known. */
  serverName?: string;
  /** Path of the endpoint, for `https` (RFC 8484 section 3). */
  path?: string;
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
  /** As IANA words it; absent when the code is not registered. */
  name?: string;
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

/** The addresses that the rest of the walk uses, and where they are from; `connection`: no lookup was captured, and the client connected there. */
export interface DnsAddressesChosen extends Dns {
  kind: 'dns.addresses-chosen';
  name: string;
  addresses: string[];
  source: 'system' | 'resolver' | 'hosts-file' | 'literal' | 'connect-to' | 'connection';
}

/**
 * One name server asked, without recursion, on the way from the root to the name: who it is, and which of the answers of RFC 9499 section 3
 * came back.
 */
export interface DnsDelegationStep extends Dns {
  kind: 'dns.delegation-step';
  /** The zone it was asked as a server of, as the zone above delegates it; `.` is the root. */
  zone: string;
  nameServer: string;
  /** Null when none could be found: it was not asked then. */
  address: string | null;
  name: string;
  type: string;
  /** `alias`: CNAME records in place of the type asked; `upward-referral`: to a zone that is not below `zone`; `no-address`: it was not asked. */
  response:
    | 'answer'
    | 'alias'
    | 'referral'
    | 'upward-referral'
    | 'no-data'
    | 'name-error'
    | 'error'
    | 'unanswered'
    | 'undeliverable'
    | 'rejected'
    | 'no-address';
  /** Null when no answer came; so are the flags. */
  rcodeName: string | null;
  authoritative: boolean | null;
  recursionAvailable: boolean | null;
  answers: DnsRecord[];
  authority: DnsRecord[];
  /** Addresses of name servers that came with a referral. */
  glue: DnsRecord[];
  /** Where a referral leads. */
  referredZone: string | null;
  /** A referral that is not upward carries a DS record, or that it carries none; null for other answers. */
  signed: boolean | null;
  extendedErrors: ExtendedDnsError[];
  attempts: number;
  /** Set when it could not be asked. */
  failure?: Failure;
}

/**
 * One link of the chain of trust from the root to the answer (RFC 4035 section 5), checked here with the records as a resolver gave them with
 * checking disabled.
 */
export interface DnsTrustLink extends Dns {
  kind: 'dns.trust-link';
  /** The zone that has to vouch for it. */
  zone: string;
  /** What it vouches for: the DS set of a zone below, its own DNSKEY set, or the records asked for. */
  name: string;
  type: string;
  /**
   * `insecure`: the chain ends here by intent, no DS; `anchor-unknown`: the root's keys are not those this program knows; `ds-mismatch`: no key of
   * the zone is the one its parent names; `keys-missing`: the parent names a key and the zone publishes none; `key-missing`: no key has the
   * signature's key tag; `unsupported`: an algorithm that cannot be checked here; `unanswered`: the records could not be had.
   */
  outcome:
    | 'valid'
    | 'insecure'
    | 'anchor-unknown'
    | 'ds-mismatch'
    | 'keys-missing'
    | 'key-missing'
    | 'signature-missing'
    | 'signature-expired'
    | 'signature-not-yet-valid'
    | 'signature-wrong'
    | 'unsupported'
    | 'unanswered';
  /** Of the signature, or of the DS record, that decides; null without one. */
  keyTag: number | null;
  /** DNSSEC algorithm number (IANA) of the same. */
  algorithm: number | null;
  /** Validity of the signature, ISO 8601 UTC. */
  validFrom: string | null;
  validUntil: string | null;
  /** Key tags of the DNSKEY set, for `ds-mismatch` and `key-missing`. */
  keyTags: number[];
  /** Wall clock it was judged at, ISO 8601 UTC. */
  judgedAt: string;
}

/** One question asked many times of one resolver, one after the other. */
export interface DnsQuestionRepeated extends Dns {
  kind: 'dns.question-repeated';
  resolver: ResolverIdentity;
  name: string;
  type: string;
  asked: number;
  /** How often each outcome came: a response code's name, `unanswered`, `undeliverable` or `rejected`. */
  outcomes: { outcome: string; count: number }[];
  /** How long each answer took, in the order asked; questions without an answer are left out. */
  answerMs: number[];
}

/** An address that somebody gave for the name was tried beside the request. */
export interface DnsAddressTried extends Dns {
  kind: 'dns.address-tried';
  name: string;
  address: string;
  port: number;
  /**
   * `proven`: TLS, and a trusted certificate bears the name; `not-proven`: TLS, and none does; `open`: a connection opened, and the target has no
   * TLS to prove anything by; `no-tls`: it opened and the handshake failed; `refused`, `unanswered` and `unreachable`: it did not open.
   */
  outcome: 'proven' | 'not-proven' | 'open' | 'no-tls' | 'refused' | 'unanswered' | 'unreachable';
}

export type DnsObservation =
  | DnsAnswered
  | DnsUnanswered
  | DnsUndeliverable
  | DnsAnswerRejected
  | DnsSystemLookup
  | DnsAddressesChosen
  | DnsDelegationStep
  | DnsTrustLink
  | DnsQuestionRepeated
  | DnsAddressTried;
