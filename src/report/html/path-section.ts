import { type Case, type EvidenceOf, evidenceOf, firstEvidence } from '../case.ts';
import { icmpWords } from '../icmp.ts';
import { answerWords, hopTime, ownerWords } from '../path-words.ts';
import { endpointText, plural } from '../wording.ts';
import { html, type Markup } from './markup.ts';

/** One station on the way to the server. */
export interface Station {
  name: string;
  what: string;
  state: 'ok' | 'failed' | 'unknown';
  evidence: string[];
}

/** The way from this host to the server, as far as it is known. */
export function pathSection(subject: Case): Markup | null {
  const stations = stationsOf(subject);
  if (stations.length < 2) return null;
  return html`<section aria-labelledby="path"><h2 id="path">Path</h2><ol class="path">${stations.map(
    (station) =>
      html`<li class="${station.state}"><b>${station.name}</b><br><span>${station.what}</span> ${station.evidence.map(
        (id) => html`<a class="ref" href="#${id}">${id}</a> `,
      )}</li>`,
  )}</ol></section>`;
}

export function stationsOf(subject: Case): Station[] {
  const traced = tracedRouters(subject);
  return [
    ...here(subject),
    ...(traced.some((station) => station.name.startsWith('hop 1')) ? [] : gateway(subject)),
    ...(traced.length > 0 ? traced : routers(subject)),
    ...server(subject),
  ];
}

/** The path to the server itself where it was traced; of those one that arrived, else the one that came furthest. */
function tellingTrace(subject: Case): EvidenceOf<'route.path-traced'> | null {
  const traces = evidenceOf(subject, 'route.path-traced').filter((one) => one.followUp !== 'path-of-control');
  const own = traces.filter((one) => one.destination.address === serverAddress(subject));
  const candidates = own.length > 0 ? own : traces;
  return (
    candidates.find((one) => one.reachedAtTtl !== null) ??
    [...candidates].sort((one, other) => other.hops.length - one.hops.length)[0] ??
    null
  );
}

/** Its hops. The destination itself is the server below. */
function tracedRouters(subject: Case): Station[] {
  const trace = tellingTrace(subject);
  if (trace === null) return [];
  const owners = new Map(
    evidenceOf(subject, 'route.address-owners').flatMap((one) => one.owners.map((owner) => [owner.address, owner] as const)),
  );
  const gatewayAddress = gatewayRoute(subject)?.gateway;
  return trace.hops
    .filter((hop) => trace.reachedAtTtl === null || hop.ttl < trace.reachedAtTtl)
    .map((hop): Station => {
      const [answer, ...others] = hop.answers;
      if (answer === undefined) return { name: `hop ${hop.ttl}`, what: 'silent', state: 'unknown', evidence: [trace.id] };
      const owner = owners.get(answer.from);
      const times = answer.rttMs.length === 0 ? '' : `, ${hopTime(Math.min(...answer.rttMs))}`;
      const whose = owner === undefined ? '' : `, ${ownerWords(owner)}`;
      const name = answer.name === undefined ? answer.from : `${answer.name} (${answer.from})`;
      const says = answer.what === 'icmp-error' ? `, says "${answerWords(answer, trace.family)}"` : '';
      const more = others.length === 0 ? '' : ` and ${plural(others.length, 'other')}`;
      return {
        name: answer.from === gatewayAddress ? `hop ${hop.ttl}, gateway` : `hop ${hop.ttl}`,
        what: `${name}${more}${whose}${times}${says}`,
        state: answer.what === 'icmp-error' ? 'failed' : 'ok',
        evidence: [trace.id],
      };
    });
}

type Route = EvidenceOf<'local.route'>;

/** The address that the request went to, or was meant to go to. */
function serverAddress(subject: Case): string | null {
  const connected = evidenceOf(subject, 'tcp.connected').find((one) => one.carried);
  return connected?.server.address ?? firstEvidence(subject, 'dns.addresses-chosen')?.addresses[0] ?? null;
}

function routeToServer(subject: Case): Route | null {
  const routes = evidenceOf(subject, 'local.route').filter((one) => one.purpose === 'target' && one.found);
  return routes.find((one) => one.destination === serverAddress(subject)) ?? routes[0] ?? null;
}

/** The route by which packets leave this link; null when none is known. */
export function gatewayRoute(subject: Case): (Route & { gateway: string }) | null {
  const own = routeToServer(subject);
  const route = own ?? evidenceOf(subject, 'local.route').find((one) => one.purpose === 'default' && one.gateway !== null) ?? null;
  return route === null || route.gateway === null ? null : { ...route, gateway: route.gateway };
}

function here(subject: Case): Station[] {
  const route = routeToServer(subject);
  const address = route?.sourceAddress ?? evidenceOf(subject, 'local.address').find((one) => one.scope === 'global')?.address ?? null;
  const link = route?.interface ?? null;
  if (address === null && link === null) return [];
  return [
    {
      name: 'this computer',
      what: [address, link].filter((part) => part !== null).join(' on '),
      state: 'ok',
      evidence: route === null ? [] : [route.id],
    },
  ];
}

function gateway(subject: Case): Station[] {
  const route = gatewayRoute(subject);
  if (route === null) return [];
  const neighbor = evidenceOf(subject, 'local.neighbor').find((one) => one.address === route.gateway);
  const isBroken = neighbor !== undefined && (neighbor.state === 'failed' || neighbor.state === 'incomplete');
  return [
    {
      name: 'gateway',
      what: `${route.gateway}${neighbor === undefined ? '' : `, ${neighbor.state}`}`,
      state: isBroken ? 'failed' : neighbor === undefined ? 'unknown' : 'ok',
      evidence: [route.id, ...(neighbor === undefined ? [] : [neighbor.id])],
    },
  ];
}

function routers(subject: Case): Station[] {
  const seen = new Set<string>();
  return evidenceOf(subject, 'route.icmp-error').flatMap((error): Station[] => {
    const name = error.from ?? 'a router';
    if (seen.has(name)) return [];
    seen.add(name);
    return [
      { name: 'router', what: `${name}: ${icmpWords(error.version, error.type, error.code)}`, state: 'failed', evidence: [error.id] },
    ];
  });
}

function server(subject: Case): Station[] {
  const connected = evidenceOf(subject, 'tcp.connected').find((one) => one.carried) ?? firstEvidence(subject, 'tcp.connected');
  if (connected !== null) {
    return [{ name: 'server', what: endpointText(connected.server.address, connected.server.port), state: 'ok', evidence: [connected.id] }];
  }
  const refused = firstEvidence(subject, 'tcp.syn-refused');
  if (refused !== null) {
    return [
      {
        name: 'server',
        what: `${endpointText(refused.server.address, refused.server.port)}, refuses`,
        state: 'failed',
        evidence: [refused.id],
      },
    ];
  }
  // The end of the way that is drawn: a host has more addresses than one.
  const trace = tellingTrace(subject);
  const tried = [...evidenceOf(subject, 'tcp.syn-unanswered'), ...evidenceOf(subject, 'tcp.connect-failed')];
  const silent = trace === null ? tried[0] : tried.find((one) => one.server.address === trace.destination.address);
  if (silent !== undefined) {
    const what = `${endpointText(silent.server.address, silent.server.port)}, not reached`;
    return [{ name: 'server', what, state: 'unknown', evidence: [silent.id] }];
  }
  if (trace === null) return [];
  const isReached = trace.reachedAtTtl !== null;
  const what = `${trace.destination.address}${isReached ? '' : ', not reached'}`;
  return [{ name: 'server', what, state: isReached ? 'ok' : 'unknown', evidence: [trace.id] }];
}
