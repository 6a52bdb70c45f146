import type { DnsTrustLink, ResolverIdentity } from '../../model/observations/dns.ts';
import type { DnsMessage, DnsResourceRecord } from '../../wire/dns-message.ts';
import {
  type DelegationSigner,
  type DnsKey,
  type DnsSignature,
  decodeDelegationSigner,
  decodeDnsKey,
  decodeDnsSignature,
  digestedBytes,
  signedBytes,
} from '../../wire/dns-security.ts';
import type { FollowUp } from '../follow-up.ts';
import type { WalkContext } from '../walk-context.ts';
import { toHex } from './bytes.ts';
import { askServer } from './exchange.ts';
import { followAliases, isWithin } from './reply.ts';
import { lookedUpName, lookupQuestions, resolversOf, responseCode, typesOf } from './trouble.ts';
import { rootAnchorDigestType, rootAnchors } from './trust-anchors.ts';

/** SERVFAIL: which link of the chain from the root's keys to the answer breaks? */
export const trustChain: FollowUp = {
  name: 'trust-chain',
  startsEarly: true,
  isWanted: (context) => validating(context).length > 0,
  async run(context) {
    const name = lookedUpName(context);
    const resolver = validating(context)[0] ?? resolversOf(context)[0];
    if (name === null || resolver === undefined) return;
    await new Chain(context, resolver).check(name, typesOf(context.options.family)[0] ?? 'A');
  },
};

function validating(context: WalkContext): ResolverIdentity[] {
  return lookupQuestions(context)
    .filter((question) => question.rcode === responseCode.servFail)
    .map((question) => question.resolver);
}

/** Names whose every ancestor is asked about: longer ones are not looked at below this depth. */
const labelLimit = 12;
/** Aliases whose own chains are checked. */
const aliasLimit = 4;
/** RFC 4034 section 2.1.2. */
const dnssecProtocol = 3;

type Outcome = DnsTrustLink['outcome'];
type Verdict = Pick<DnsTrustLink, 'outcome' | 'keyTag' | 'algorithm' | 'validFrom' | 'validUntil' | 'keyTags'>;

/** Checks the chain with what one resolver gives when it need not validate. */
class Chain {
  readonly #context: WalkContext;
  readonly #resolver: ResolverIdentity;
  readonly #answers = new Map<string, Promise<DnsMessage | null>>();

  constructor(context: WalkContext, resolver: ResolverIdentity) {
    this.#context = context;
    this.#resolver = resolver;
  }

  async check(name: string, type: string): Promise<void> {
    const asked = new Set<string>();
    for (let next: string | null = name; next !== null && !asked.has(next) && asked.size < aliasLimit; ) {
      asked.add(next);
      next = await this.#checkName(next, type);
    }
  }

  /** Where the alias chain leads on to another zone after all links held; null when it ends, or breaks. */
  async #checkName(name: string, type: string): Promise<string | null> {
    const zones = ['.', ...ancestors(name)];
    // All at the same time: what is not a zone of its own costs a question and no time.
    for (const zone of zones) void this.#ask(zone, 'DNSKEY');
    for (const zone of zones.slice(1)) void this.#ask(zone, 'DS');
    void this.#ask(name, type);
    const secure = await this.#descend(zones);
    return secure === null ? null : this.#checkAnswer(secure, name, type);
  }

  #ask(name: string, type: string): Promise<DnsMessage | null> {
    const key = `${name} ${type}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const asking = this.#exchange(name, type);
    this.#answers.set(key, asking);
    return asking;
  }

  async #exchange(name: string, type: string): Promise<DnsMessage | null> {
    const query = { name, type, recursionDesired: true, checkingDisabled: true, edns: 'dnssec' } as const;
    const patience = { timeoutMs: this.#context.options.timeoutMs, retransmitAfterMs: [1000], enough: null };
    const { outcome } = await askServer(this.#context, this.#resolver, query, patience);
    const isCut = outcome.kind === 'answered' && outcome.message.truncated && this.#resolver.transport === 'udp';
    const whole = isCut ? (await askServer(this.#context, { ...this.#resolver, transport: 'tcp' }, query, patience)).outcome : outcome;
    return whole.kind === 'answered' && isConclusive(whole.message) ? whole.message : null;
  }

  /** From the root to the deepest zone that is signed; null when a link breaks, or the chain ends by intent. */
  async #descend(zones: readonly string[]): Promise<SecureZone | null> {
    const rootKeys = keysIn(await this.#ask('.', 'DNSKEY'), '.');
    if (rootKeys.length === 0) return this.#stop('.', '.', 'DNSKEY', simple('unanswered'));
    const anchored = rootKeys.filter((key) => this.#isAnchor(key));
    const root = await this.#checkKeys('.', anchored.length > 0 ? anchored : rootKeys, rootKeys);
    if (root.outcome !== 'valid') return this.#stop('.', '.', 'DNSKEY', root);
    this.#observe('.', '.', 'DNSKEY', anchored.length > 0 ? root : { ...root, outcome: 'anchor-unknown' });
    let secure: SecureZone = { zone: '.', keys: rootKeys };
    for (const zone of zones.slice(1)) {
      const next = await this.#enter(secure, zone);
      if (next === null) return null;
      secure = next;
    }
    return secure;
  }

  /** From a signed zone into one below it, or past a name that is no zone; null when the chain ends or breaks there. */
  async #enter(parent: SecureZone, zone: string): Promise<SecureZone | null> {
    const delegation = await this.#ask(zone, 'DS');
    if (delegation === null) return this.#stop(parent.zone, zone, 'DS', simple('unanswered'));
    const signers = recordsOf(delegation.answers, zone, 'DS').flatMap((record) => decodeDelegationSigner(record.rdata) ?? []);
    const published = await this.#ask(zone, 'DNSKEY');
    const keys = keysIn(published, zone);
    if (signers.length === 0) {
      if (published === null) return this.#stop(parent.zone, zone, 'DS', simple('unanswered'));
      const isZone = keys.length > 0 || published.authority.some((record) => record.type === 'SOA' && record.name === zone);
      return isZone ? this.#stop(parent.zone, zone, 'DS', simple('insecure')) : parent;
    }
    const vouched = this.#checkSet(parent, delegation.answers, zone, 'DS');
    if (vouched.outcome !== 'valid') return this.#stop(parent.zone, zone, 'DS', vouched);
    this.#observe(parent.zone, zone, 'DS', vouched);
    const known = signers.filter((signer) => this.#context.ports.signatures.digest(signer.digestType, new Uint8Array(0)) !== null);
    const [named] = known.length > 0 ? known : signers;
    const about = { keyTag: named?.keyTag ?? null, algorithm: named?.algorithm ?? null };
    if (known.length === 0) return this.#stop(zone, zone, 'DNSKEY', { ...simple('unsupported'), ...about });
    if (published === null) return this.#stop(zone, zone, 'DNSKEY', { ...simple('unanswered'), ...about });
    if (keys.length === 0) return this.#stop(zone, zone, 'DNSKEY', { ...simple('keys-missing'), ...about });
    const entries = keys.filter((key) => known.some((signer) => this.#isDigestOf(signer, zone, key)));
    if (entries.length === 0)
      return this.#stop(zone, zone, 'DNSKEY', { ...simple('ds-mismatch'), ...about, keyTags: keys.map((key) => key.keyTag) });
    const own = await this.#checkKeys(zone, entries, keys);
    if (own.outcome !== 'valid') return this.#stop(zone, zone, 'DNSKEY', own);
    this.#observe(zone, zone, 'DNSKEY', own);
    return { zone, keys };
  }

  /** Whether a zone's key set is signed by one of the keys that are trusted by now. */
  async #checkKeys(zone: string, trusted: readonly DnsKey[], all: readonly DnsKey[]): Promise<Verdict> {
    const message = await this.#ask(zone, 'DNSKEY');
    const verdict = this.#checkSet({ zone, keys: trusted }, message?.answers ?? [], zone, 'DNSKEY');
    return verdict.outcome === 'key-missing' ? { ...verdict, keyTags: all.map((key) => key.keyTag) } : verdict;
  }

  /** Checks the records asked for, or the proof that there are none. Gives where an alias leads. */
  async #checkAnswer(secure: SecureZone, name: string, type: string): Promise<string | null> {
    const message = await this.#ask(name, type);
    if (message === null) {
      this.#stop(secure.zone, name, type, simple('unanswered'));
      return null;
    }
    for (const { owner, covered } of setsToCheck(message, secure.zone, name, type)) {
      const section = message.answers.some((record) => record.name === owner && record.type === covered)
        ? message.answers
        : message.authority;
      const verdict = this.#checkSet(secure, section, owner, covered);
      this.#observe(secure.zone, owner, covered, verdict);
      if (verdict.outcome !== 'valid') return null;
    }
    const end = followAliases(message.answers, name).chain.find((link) => !isWithin(link, secure.zone));
    return end ?? null;
  }

  /** Judges one set of records by its signatures: valid when one of them is. */
  #checkSet(signer: SecureZone, section: readonly DnsResourceRecord[], owner: string, type: string): Verdict {
    const records = recordsOf(section, owner, type);
    const signatures = recordsOf(section, owner, 'RRSIG')
      .flatMap((record) => decodeDnsSignature(record.rdata) ?? [])
      .filter((signature) => signature.typeCovered === type && signature.signerName === signer.zone);
    if (signatures.length === 0) return simple('signature-missing');
    const verdicts = signatures.map((signature) => this.#checkSignature(signature, signer, owner, records));
    return [...verdicts].sort((one, other) => tellingOrder.indexOf(one.outcome) - tellingOrder.indexOf(other.outcome))[0]!;
  }

  #checkSignature(signature: DnsSignature, signer: SecureZone, owner: string, records: readonly DnsResourceRecord[]): Verdict {
    const { keyTag, algorithm } = signature;
    const nowSeconds = Math.floor(this.#context.ports.clock.wallMs() / 1000);
    const about = {
      keyTag,
      algorithm,
      validFrom: isoTime(signature.inceptionSeconds),
      validUntil: isoTime(signature.expirationSeconds),
      keyTags: [],
    };
    const keys = signer.keys.filter((key) => key.keyTag === keyTag && key.algorithm === algorithm && isSigningKey(key));
    const data = signedBytes(signature, owner, records);
    if (keys.length === 0) return { ...about, outcome: 'key-missing', keyTags: signer.keys.map((key) => key.keyTag) };
    const { signatures } = this.#context.ports;
    const results = keys.map((key) => (data === null ? false : signatures.verify(algorithm, key.publicKey, data, signature.signature)));
    // RFC 4034 section 3.1.5: the times are compared as serial numbers.
    const outcome: Outcome = isAfter(nowSeconds, signature.expirationSeconds)
      ? 'signature-expired'
      : isAfter(signature.inceptionSeconds, nowSeconds)
        ? 'signature-not-yet-valid'
        : results.includes(true)
          ? 'valid'
          : results.includes(null)
            ? 'unsupported'
            : 'signature-wrong';
    return { ...about, outcome };
  }

  #isAnchor(key: DnsKey): boolean {
    const digest = this.#context.ports.signatures.digest(rootAnchorDigestType, digestedBytes('.', key));
    return digest !== null && isSigningKey(key) && rootAnchors.some((anchor) => anchor.digestHex === toHex(digest));
  }

  #isDigestOf(signer: DelegationSigner, zone: string, key: DnsKey): boolean {
    if (signer.keyTag !== key.keyTag || signer.algorithm !== key.algorithm || !isSigningKey(key)) return false;
    const digest = this.#context.ports.signatures.digest(signer.digestType, digestedBytes(zone, key));
    return digest !== null && toHex(digest) === toHex(signer.digest);
  }

  #stop(zone: string, name: string, type: string, verdict: Verdict): null {
    this.#observe(zone, name, type, verdict);
    return null;
  }

  #observe(zone: string, name: string, type: string, verdict: Verdict): void {
    const { recorder, ports } = this.#context;
    const judgedAt = new Date(ports.clock.wallMs()).toISOString();
    recorder.observe({ kind: 'dns.trust-link', checkpoint: 'dns', atMs: recorder.sinceStart(), zone, name, type, ...verdict, judgedAt });
  }
}

/** Records, or that there are none: an error says neither. */
function isConclusive(message: DnsMessage): boolean {
  return message.rcode === responseCode.noError || message.rcode === responseCode.nxDomain;
}

/** A zone whose keys are trusted. */
interface SecureZone {
  zone: string;
  keys: readonly DnsKey[];
}

/** Of several signatures over one set the one that holds counts; else the one that says most. */
const tellingOrder: readonly Outcome[] = [
  'valid',
  'signature-expired',
  'signature-not-yet-valid',
  'signature-wrong',
  'key-missing',
  'unsupported',
];

function simple(outcome: Outcome): Verdict {
  return { outcome, keyTag: null, algorithm: null, validFrom: null, validUntil: null, keyTags: [] };
}

/** A name's ancestors below the root, the name itself included, the shortest first. */
function ancestors(name: string): string[] {
  const labels = name.match(/(?:\\.|[^.\\])+/gs) ?? [];
  return labels.map((_, index) => labels.slice(labels.length - 1 - index).join('.')).slice(0, labelLimit);
}

function recordsOf(section: readonly DnsResourceRecord[], owner: string, type: string): DnsResourceRecord[] {
  return section.filter((record) => record.name === owner && record.type === type);
}

function keysIn(message: DnsMessage | null, zone: string): DnsKey[] {
  return recordsOf(message?.answers ?? [], zone, 'DNSKEY').flatMap((record) => decodeDnsKey(record.rdata) ?? []);
}

/** RFC 4034 section 2.1: only zone keys of protocol 3 sign; RFC 5011 section 2.1: a revoked one no more. */
function isSigningKey(key: DnsKey): boolean {
  return key.isZoneKey && !key.isRevoked && key.protocol === dnssecProtocol;
}

/** What a zone has to have signed of an answer: its links of the alias chain and the records at their end, or the proof that there are none. */
function setsToCheck(message: DnsMessage, zone: string, name: string, type: string): { owner: string; covered: string }[] {
  const { chain } = followAliases(message.answers, name);
  const own = chain.filter((owner) => isWithin(owner, zone));
  const renamed = message.answers.filter((record) => record.type === 'DNAME');
  const sets = own.flatMap((owner) =>
    ['CNAME', type]
      .filter((covered) => recordsOf(message.answers, owner, covered).length > 0)
      .map((covered) => {
        // RFC 6672 section 5.3.1: the alias made from a DNAME record is not signed, the DNAME is.
        const source = covered === 'CNAME' ? renamed.find((record) => record.name !== owner && isWithin(owner, record.name)) : undefined;
        return source === undefined ? { owner, covered } : { owner: source.name, covered: 'DNAME' };
      }),
  );
  const isDenied = message.answers.every((record) => record.type !== type) && own.length === chain.length;
  if (!isDenied) return sets;
  const proofs = message.authority
    .filter((record) => (record.type === 'SOA' || record.type === 'NSEC' || record.type === 'NSEC3') && isWithin(record.name, zone))
    .map((record) => ({ owner: record.name, covered: record.type }));
  return [...sets, ...(proofs.length > 0 ? proofs : [{ owner: name, covered: 'NSEC' }])];
}

/** Whether one 32-bit serial number is after another (RFC 1982 section 3.2). */
function isAfter(one: number, other: number): boolean {
  const ahead = (((one - other) % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000;
  return ahead > 0 && ahead < 0x8000_0000;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
