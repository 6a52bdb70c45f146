import type { DelegationChange, ZoneChange } from '../../../lab/scenario/change.ts';
import { addresses, wellKnownAddresses } from '../../../lab/topology/plan.ts';
import { buildZoneSet, type ServedZone, type ZoneSet } from '../../../lab/zones/zone-set.ts';
import type { DnsRecordOffer } from '../../../src/wire/dns-encode.ts';
import type { DnsMessage } from '../../../src/wire/dns-message.ts';
import type { DnsServer, Place, Reply } from './scripted-network.ts';

/** The practice internet's signed name tree, served in memory: root, example, shop.example, other.example. */
export interface NameTree {
  zones: ZoneSet;
  /** Root, top level and both name servers by address; IPv4. */
  places: Record<string, Place>;
  /** A resolver that answers from the whole tree and does not validate. */
  resolver: DnsServer;
}

/** Where the tree says that www.shop.example is, by IPv4 alone. */
export const site: string = addresses.edgeA;

export function nameTree(changes: readonly ZoneChange[] = [], delegations: readonly DelegationChange[] = []): NameTree {
  const zones = buildZoneSet(changes, delegations);
  const { root = [], tld = [], ns1 = [], ns2 = [] } = zones.byServer;
  const places: Record<string, Place> = {
    [addresses.tld]: { dns: nameServer(tld) },
    [addresses.ns1]: { dns: nameServer(ns1) },
    [addresses.ns2]: { dns: nameServer(ns2) },
  };
  for (const address of wellKnownAddresses.root ?? []) if (!address.includes(':')) places[address] = { dns: nameServer(root) };
  return { zones, places, resolver: resolverOf([...root, ...tld, ...(ns1.length > 0 ? ns1 : ns2)]) };
}

type Named = ServedZone['records'][number];

function offer({ name, type, ttlSeconds, data }: Named): DnsRecordOffer {
  return { name: name === '' ? '.' : name, type, ttlSeconds, data };
}

function isWithin(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`);
}

/** Records of a name and type with their signatures, where those are asked for. */
function setOf(records: readonly Named[], name: string, type: string, signed: boolean): Named[] {
  return records.filter(
    (record) => record.name === name && (record.type === type || (signed && record.type === 'RRSIG' && record.data.startsWith(`${type} `))),
  );
}

/** Answers with authority from its zones, refers to those below, and refuses everything else. */
export function nameServer(zones: readonly ServedZone[]): DnsServer {
  return (query) => {
    const { name: asked, type } = query.questions[0]!;
    const name = asked === '.' ? '' : asked;
    const zone = [...zones].sort((one, other) => other.zone.length - one.zone.length).find((one) => isWithin(name, one.zone));
    if (zone === undefined) return { rcode: 5 };
    const cut = zone.records.find(
      (record) =>
        record.type === 'NS' && record.name !== zone.zone && isWithin(name, record.name) && !(type === 'DS' && record.name === name),
    );
    return cut === undefined ? answerFrom(zone, name, type, query) : referralTo(zone, cut.name, query);
  };
}

function referralTo({ records }: ServedZone, cut: string, query: DnsMessage): Reply {
  const servers = setOf(records, cut, 'NS', false);
  const names = servers.map((server) => server.data);
  const glue = records.filter((record) => names.includes(record.name) && (record.type === 'A' || record.type === 'AAAA'));
  const signed = query.edns?.dnssecOk === true ? setOf(records, cut, 'DS', true) : [];
  return { authority: [...servers, ...signed].map(offer), additional: glue.map(offer) };
}

function answerFrom({ zone, records }: ServedZone, asked: string, type: string, query: DnsMessage): Reply {
  const signed = query.edns?.dnssecOk === true;
  const answers: Named[] = [];
  let name = asked;
  for (let links = 0; links < 8 && type !== 'CNAME'; links++) {
    const alias = setOf(records, name, 'CNAME', signed);
    if (alias.length === 0) break;
    answers.push(...alias);
    name = alias.find((record) => record.type === 'CNAME')!.data;
    if (!isWithin(name, zone)) return { authoritative: true, answers: answers.map(offer) };
  }
  answers.push(...setOf(records, name, type, signed));
  const exists = records.some((record) => isWithin(record.name, name));
  const isDenied = !answers.some((record) => record.type === type);
  return {
    authoritative: true,
    rcode: exists ? 0 : 3,
    answers: answers.map(offer),
    authority: isDenied ? setOf(records, zone, 'SOA', signed).map(offer) : [],
  };
}

/** Answers from all zones, following aliases from one to another. */
function resolverOf(zones: readonly ServedZone[]): DnsServer {
  return (query) => {
    const { name: asked, type } = query.questions[0]!;
    const all: Partial<ReturnType<typeof answerFrom>>[] = [];
    let name = asked === '.' ? '' : asked;
    for (let links = 0; links < 4; links++) {
      const home = [...zones]
        .sort((one, other) => other.zone.length - one.zone.length)
        .find((one) => isWithin(name, one.zone) && !(type === 'DS' && one.zone === name));
      if (home === undefined) return { rcode: 2 };
      const reply = answerFrom(home, name, type, query) as { rcode?: number; answers: DnsRecordOffer[]; authority?: DnsRecordOffer[] };
      all.push(reply);
      const last = reply.answers.filter((record) => record.type === 'CNAME').at(-1);
      if (last === undefined || reply.answers.some((record) => record.type === type) || isWithin(String(last.data), home.zone)) break;
      name = String(last.data);
    }
    const replies = all as { rcode?: number; answers: DnsRecordOffer[]; authority?: DnsRecordOffer[] }[];
    return {
      recursionAvailable: true,
      rcode: replies.at(-1)?.rcode ?? 0,
      answers: replies.flatMap((reply) => reply.answers),
      authority: replies.at(-1)?.authority ?? [],
    };
  };
}
