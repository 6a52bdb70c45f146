import { isIpv6 } from '../../model/address.ts';
import type { DnsDelegationStep, ResolverIdentity } from '../../model/observations/dns.ts';
import { dnsRcodeName } from '../../wire/dns-codes.ts';
import { isDnsName } from '../../wire/dns-name.ts';
import { extendedErrorFacts, recordFacts } from '../dns-question.ts';
import { round } from '../recorder.ts';
import { isInterrupted, type WalkContext } from '../walk-context.ts';
import { askServer, type DnsExchange } from './exchange.ts';
import { isWithin, type Reply, readReply } from './reply.ts';
import { type NameServer, rootServers } from './root-hints.ts';

/** A zone as its parent delegates it. */
export interface Cut {
  zone: string;
  servers: readonly NameServer[];
}

/** How the way from the root to a name ended. */
export interface DescentEnd {
  /**
   * `dead-end`: no server of `cut.zone` said anything of use; `alias-loop`: a name came twice, or the chain is too long; `unfinished`: time or
   * the limit of questions ran out.
   */
  kind: 'answer' | 'no-data' | 'name-error' | 'dead-end' | 'alias-loop' | 'unfinished';
  cut: Cut;
  /** The name asked for last: the end of the alias chain as far as it was followed. */
  name: string;
  addresses: string[];
}

const dnsPort = 53;
/** Names longer than this chain are not followed: as many aliases as resolvers follow at most (unbound 11, BIND 16). */
const aliasLimit = 11;
/** Zones between the root and a name. */
const zoneLimit = 24;
/** How deep the search for a name server's own address may nest. */
const nestingLimit = 3;
/** Questions of one descent in all, those for name servers' addresses included. */
const questionLimit = 120;
/** Servers of one zone that are asked: those of the root only to see that one answers. */
const serverLimit = 8;
const rootServerLimit = 4;
/** Servers asked at first; the others when these are silent or of no use. */
const firstServers = 2;
const hedgeMs = 600;
/** One server's time. */
const serverTimeoutMs = 1600;
const retransmitAfterMs: readonly number[] = [700];

/** The servers' answers that lead on or end the way. Others are of no use, and so is any of these from a server that is not authoritative. */
const useful: ReadonlySet<Reply['response']> = new Set(['answer', 'alias', 'referral', 'no-data', 'name-error']);

/**
 * The way from the root to a name, asked of name servers without recursion (RFC 1034 section 5.3.3). Observes each server asked for the name
 * itself; what is asked to find name servers' addresses is counted as contacts only. Zones once found are kept for the names that follow.
 */
export class Descent {
  readonly #context: WalkContext;
  readonly #overMs: number;
  readonly #cuts = new Map<string, Cut>([['.', { zone: '.', servers: rootServers }]]);
  readonly #addresses = new Map<string, Promise<string[]>>();
  #questions = 0;
  /** Families this host has no route for: learned from the first failure. */
  readonly #absent = new Set<'ipv4' | 'ipv6'>();

  constructor(context: WalkContext, timeoutMs: number) {
    this.#context = context;
    this.#overMs = context.ports.clock.nowMs() + timeoutMs;
  }

  /** Follows delegations and aliases until an answer, a denial or a dead end. */
  async follow(name: string, type: string): Promise<DescentEnd> {
    return this.#follow(name, type, true, 0);
  }

  /** Asks one root server for the root's own servers, which only a root server can answer with authority (RFC 8109). */
  async prime(): Promise<void> {
    const root = this.#cuts.get('.')!;
    const [first] = this.#shuffled(root.servers);
    if (first !== undefined) await this.#ask(root, first, '.', 'NS', { isObserved: true, enough: null, nesting: 0 });
  }

  /** A name server's addresses, of a family this host can use: its glue, else what the tree says. */
  async addressesOf(cut: Cut, server: NameServer, nesting = 0): Promise<string[]> {
    const usable = this.#usable(server.addresses);
    if (usable.length > 0) return usable;
    // A server within the zone that it serves can be found by nobody without glue.
    if (server.addresses.length > 0 || isWithin(server.name, cut.zone) || nesting >= nestingLimit) return [];
    const known = this.#addresses.get(server.name);
    if (known !== undefined) return this.#usable(await known);
    const search = this.#search(server.name, nesting + 1);
    this.#addresses.set(server.name, search);
    return this.#usable(await search);
  }

  async #search(name: string, nesting: number): Promise<string[]> {
    const v4 = await this.#follow(name, 'A', false, nesting);
    if (v4.addresses.length > 0) return v4.addresses;
    return (await this.#follow(name, 'AAAA', false, nesting)).addresses;
  }

  #usable(addresses: readonly string[]): string[] {
    const able = addresses.filter((address) => !this.#absent.has(isIpv6(address) ? 'ipv6' : 'ipv4'));
    return [...able].sort((one, other) => Number(isIpv6(one)) - Number(isIpv6(other)));
  }

  async #follow(asked: string, type: string, isObserved: boolean, nesting: number): Promise<DescentEnd> {
    const names = [asked];
    let cut = this.#deepestCut(asked);
    for (let zones = 0; zones < zoneLimit; zones++) {
      const name = names.at(-1)!;
      const end = (kind: DescentEnd['kind'], addresses: string[] = []): DescentEnd => ({ kind, cut, name: names.at(-1)!, addresses });
      if (!isDnsName(name)) return end('dead-end');
      const found = await this.#askZone(cut, name, type, isObserved, nesting);
      if (found === 'unfinished') return end('unfinished');
      if (found === null) return end('dead-end');
      const { reply, records } = found;
      if (reply.referral !== null) {
        cut = { zone: reply.referral.zone, servers: reply.referral.servers };
        this.#cuts.set(cut.zone, cut);
      } else if (reply.loops) return end('alias-loop');
      else if (reply.response === 'alias') {
        const target = reply.chain.at(-1)!;
        names.push(...reply.chain.slice(1));
        if (names.indexOf(target) < names.length - 1 || names.length > aliasLimit) return end('alias-loop');
        cut = this.#deepestCut(target);
      } else if (reply.response === 'answer') return end('answer', records);
      else {
        // The code is about the end of the chain (RFC 6604 section 3).
        names.push(...reply.chain.slice(1));
        return end(reply.response === 'name-error' ? 'name-error' : 'no-data');
      }
    }
    return { kind: 'unfinished', cut, name: names.at(-1)!, addresses: [] };
  }

  #deepestCut(name: string): Cut {
    const labels = name.split('.');
    for (let first = 0; first < labels.length; first++) {
      const known = this.#cuts.get(labels.slice(first).join('.'));
      if (known !== undefined) return known;
    }
    return this.#cuts.get('.')!;
  }

  #shuffled(servers: readonly NameServer[]): NameServer[] {
    const random = this.#context.ports.randomBytes(servers.length);
    return servers
      .map((server, index) => ({ server, order: random[index]! }))
      .sort((one, other) => one.order - other.order)
      .map(({ server }) => server);
  }

  /** The first useful answer of a zone's servers; null when none of them has any, `unfinished` when that could not be found out. */
  async #askZone(cut: Cut, name: string, type: string, isObserved: boolean, nesting: number): Promise<Useful | null | 'unfinished'> {
    const { clock } = this.#context.ports;
    const limit = cut.zone === '.' ? rootServerLimit : serverLimit;
    const waiting = this.#shuffled(cut.servers).slice(0, limit);
    const enough = new AbortController();
    const how = { isObserved, enough: enough.signal, nesting };
    const running = new Set<Promise<Useful | null>>();
    try {
      while (waiting.length > 0 || running.size > 0) {
        if (this.#isOver()) return 'unfinished';
        for (const server of waiting.splice(0, running.size === 0 ? firstServers : serverLimit)) {
          const asking = this.#ask(cut, server, name, type, how).then((answer) => {
            running.delete(asking);
            return answer;
          });
          running.add(asking);
        }
        const patience = waiting.length > 0 ? clock.sleep(hedgeMs, enough.signal).then(() => null) : new Promise<null>(() => {});
        const answer = await firstUseful([...running], patience);
        if (answer !== null) return answer;
      }
      return this.#isOver() ? 'unfinished' : null;
    } finally {
      enough.abort();
    }
  }

  #isOver(): boolean {
    return isInterrupted(this.#context) || this.#context.ports.clock.nowMs() >= this.#overMs || this.#questions >= questionLimit;
  }

  /** Asks one server at one address. Gives the answer when it is of use. */
  async #ask(
    cut: Cut,
    server: NameServer,
    name: string,
    type: string,
    how: { isObserved: boolean; enough: AbortSignal | null; nesting: number },
  ): Promise<Useful | null> {
    const { recorder, ports } = this.#context;
    const [address] = await this.addressesOf(cut, server, how.nesting);
    if (address === undefined) {
      if (how.isObserved && !this.#isOver() && how.enough?.aborted !== true) this.#observeNoAddress(cut, server, name, type);
      return null;
    }
    const timeoutMs = Math.min(serverTimeoutMs, this.#overMs - ports.clock.nowMs());
    if (timeoutMs <= 0 || this.#questions >= questionLimit || how.enough?.aborted === true) return null;
    this.#questions += 1;
    recorder.contact({ address, port: dnsPort, purpose: 'name-server' });
    const identity: ResolverIdentity = { address, port: dnsPort, transport: 'udp', role: 'authoritative', serverName: server.name };
    const exchange = await this.#exchange(identity, name, type, timeoutMs, how.enough);
    const { outcome } = exchange;
    if (outcome.kind === 'undeliverable' && isUnroutable(outcome.failure.name)) {
      this.#absent.add(isIpv6(address) ? 'ipv6' : 'ipv4');
      if (this.#usable(server.addresses).length > 0) return this.#ask(cut, server, name, type, how);
    }
    const reply = outcome.kind === 'answered' ? readReply(outcome.message, cut.zone, name, type) : null;
    if (how.isObserved) this.#observeStep(cut, identity, { name, type, exchange, reply });
    if (reply === null || outcome.kind !== 'answered') return null;
    const isProper = useful.has(reply.response) && (reply.response === 'referral' || outcome.message.authoritative);
    if (!isProper) return null;
    return { reply, records: outcome.message.answers.filter((record) => record.type === type).map((record) => record.data) };
  }

  /** Over UDP with signatures asked for, so that a referral says whether it is signed; over TCP when that is too long. */
  async #exchange(
    server: ResolverIdentity,
    name: string,
    type: string,
    timeoutMs: number,
    enough: AbortSignal | null,
  ): Promise<DnsExchange> {
    const query = { name, type, recursionDesired: false, checkingDisabled: false, edns: 'dnssec' } as const;
    const patience = { timeoutMs, retransmitAfterMs, enough };
    const exchange = await askServer(this.#context, server, query, patience);
    if (exchange.outcome.kind !== 'answered') return exchange;
    const { rcode, truncated } = exchange.outcome.message;
    if (truncated) return askServer(this.#context, { ...server, transport: 'tcp' }, query, patience);
    const isOld = rcode === 1 || rcode === 4;
    return isOld ? askServer(this.#context, server, { ...query, edns: 'none' }, patience) : exchange;
  }

  #observeNoAddress(cut: Cut, server: NameServer, name: string, type: string): void {
    const { recorder } = this.#context;
    recorder.observe({
      ...stepOf(cut, server.name, name, type),
      atMs: recorder.sinceStart(),
      address: null,
      response: 'no-address',
      attempts: 0,
    });
  }

  #observeStep(cut: Cut, server: ResolverIdentity, step: { name: string; type: string; exchange: DnsExchange; reply: Reply | null }): void {
    const { recorder } = this.#context;
    const { outcome, attempts, startMs } = step.exchange;
    if (outcome.kind === 'given-up') return;
    const atMs = outcome.kind === 'answered' ? recorder.sinceStart(outcome.atMs) : recorder.sinceStart();
    const base = {
      ...stepOf(cut, server.serverName ?? server.address, step.name, step.type),
      atMs,
      durationMs: round(Math.max(0, atMs - recorder.sinceStart(startMs))),
      address: server.address,
      attempts,
    };
    if (outcome.kind !== 'answered' || step.reply === null) {
      const failure = outcome.kind === 'undeliverable' ? { failure: outcome.failure } : {};
      recorder.observe({ ...base, response: outcome.kind === 'answered' ? 'rejected' : outcome.kind, ...failure });
      return;
    }
    const { message } = outcome;
    const { response, referral } = step.reply;
    recorder.observe({
      ...base,
      response,
      rcodeName: dnsRcodeName(message.rcode),
      authoritative: message.authoritative,
      recursionAvailable: message.recursionAvailable,
      answers: message.answers.filter(isPlain).map(recordFacts),
      authority: message.authority.filter(isPlain).map(recordFacts),
      glue: referral === null ? [] : message.additional.filter((record) => record.type === 'A' || record.type === 'AAAA').map(recordFacts),
      referredZone: referral?.zone ?? null,
      signed: referral?.signed ?? null,
      extendedErrors: extendedErrorFacts(message),
    });
  }
}

interface Useful {
  reply: Reply;
  /** Data of the records of the type asked. */
  records: string[];
}

/** What every step states, before anything came back. */
function stepOf(cut: Cut, nameServer: string, name: string, type: string) {
  return {
    kind: 'dns.delegation-step',
    checkpoint: 'dns',
    zone: cut.zone,
    nameServer,
    name,
    type,
    rcodeName: null,
    authoritative: null,
    recursionAvailable: null,
    answers: [] as DnsDelegationStep['answers'],
    authority: [] as DnsDelegationStep['authority'],
    glue: [] as DnsDelegationStep['glue'],
    referredZone: null,
    signed: null,
    extendedErrors: [] as DnsDelegationStep['extendedErrors'],
  } as const;
}

/** Signatures and proofs of absence are long and are judged elsewhere. */
function isPlain(record: { type: string }): boolean {
  return record.type !== 'RRSIG' && record.type !== 'NSEC' && record.type !== 'NSEC3';
}

/** No way there for this family at all: it says nothing about the server. */
function isUnroutable(name: string): boolean {
  return name === 'network-unreachable' || name === 'address-not-available' || name === 'address-family-unsupported';
}

/** The first answer of use; null once all are in without one, or patience ends. */
function firstUseful(asking: readonly Promise<Useful | null>[], patience: Promise<null>): Promise<Useful | null> {
  return new Promise((resolve, reject) => {
    let open = asking.length;
    patience.then(resolve, reject);
    for (const one of asking) {
      one.then((answer) => {
        open--;
        if (answer !== null || open === 0) resolve(answer);
      }, reject);
    }
  });
}
