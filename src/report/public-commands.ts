import { type CheckpointId, checkpointOrder } from '../model/checkpoint.ts';
import type { Endpoint } from '../model/observations/base.ts';
import { type Case, evidenceOf, failedCheckpoint, firstEvidence, ownEvidence } from './case.ts';
import { type CommandFacts, fillCommand } from './command.ts';
import { authoritiesOf } from './command-facts.ts';
import { curlTemplate } from './curl-command.ts';

/** A command with a public tool that shows what the walk saw at one checkpoint. */
export interface PublicCommand {
  checkpoint: CheckpointId;
  /** The command for a POSIX shell, everything in it quoted. */
  command: string;
  /** What the walk saw there. */
  shows: string;
}

interface Tool {
  checkpoint: CheckpointId;
  template: string | ((subject: Case, authorities: string | null) => string);
  applies(subject: Case, facts: CommandFacts): boolean;
}

/** In walking order. None needs root; each ends by itself. */
const tools: readonly Tool[] = [
  { checkpoint: 'local', template: 'ip -br address; ip route', applies: (subject) => evidenceOf(subject, 'local.link').length > 0 },
  { checkpoint: 'dns', template: 'dig {host} A @{resolver} +time=3 +tries=1', applies: needsName },
  { checkpoint: 'dns', template: 'dig {host} AAAA @{resolver} +time=3 +tries=1', applies: needsName },
  { checkpoint: 'route', template: 'traceroute -n -q 1 -w 1 -m 20 {address}', applies: goesStraight },
  { checkpoint: 'tcp', template: 'nc -vz -w 5 {address} {port}', applies: goesStraight },
  {
    checkpoint: 'tls',
    template:
      'openssl s_client -host {address} -port {port} -servername {host}{authorities} -showcerts </dev/null 2>&1 | openssl x509 -noout -subject -issuer -dates',
    applies: (subject, facts) => goesStraight(subject, facts) && isSecure(subject) && hasCertificate(subject),
  },
  {
    checkpoint: 'tls',
    template: 'openssl s_client -host {address} -port {port} -servername {host} </dev/null 2>&1 | head -n 30',
    applies: (subject, facts) => goesStraight(subject, facts) && isSecure(subject) && !hasCertificate(subject),
  },
  { checkpoint: 'http', template: curlTemplate, applies: (_, facts) => facts.url !== null },
];

/** The commands up to the first failing checkpoint, with what they should show. */
export function publicCommands(subject: Case): PublicCommand[] {
  const failed = failedCheckpoint(subject);
  const facts = factsOf(subject);
  return tools
    .filter(({ checkpoint }) => failed === null || checkpointOrder(checkpoint) <= checkpointOrder(failed.id))
    .filter((tool) => tool.applies(subject, facts))
    .flatMap(({ checkpoint, template }) => {
      const seen = subject.checkpoints.find((one) => one.id === checkpoint);
      if (seen === undefined || seen.status === 'skipped') return [];
      return [
        {
          checkpoint,
          command: fillCommand(typeof template === 'string' ? template : template(subject, facts.authorities), facts),
          shows: seen.summary,
        },
      ];
    });
}

/** Of the request shown: the last of a redirect chain. */
function factsOf(subject: Case): CommandFacts {
  const target = evidenceOf(subject, 'target.parsed').at(-1) ?? null;
  const server = serverOf(subject);
  return {
    url: target?.url ?? subject.url,
    host: target?.host ?? subject.host,
    port: server?.port ?? target?.port ?? subject.port,
    address: server?.address ?? (target === null || target.hostKind === 'name' ? null : target.host),
    resolver: resolverOf(subject),
    authorities: subject.evidence.map(authoritiesOf).find((file) => file !== null) ?? null,
  };
}

function serverOf(subject: Case): Endpoint | null {
  const own = ownEvidence(subject).filter((one) => one.followUp === undefined && (one.checkpoint === 'tcp' || one.checkpoint === 'tls'));
  const failed = failedCheckpoint(subject);
  const cited = subject.findings
    .filter((finding) => failed?.findings.includes(finding.id) === true)
    .flatMap((finding) => subject.evidence.filter((one) => finding.evidence.includes(one.id)));
  for (const one of [...cited, ...[...own].reverse()]) if ('server' in one && one.server !== null) return one.server;
  const chosen = firstEvidence(subject, 'dns.addresses-chosen')?.addresses[0];
  return chosen === undefined || subject.port === null ? null : { address: chosen, port: subject.port };
}

function resolverOf(subject: Case): Endpoint | null {
  const asked = ownEvidence(subject).filter((one) => 'resolver' in one && one.resolver.role !== 'authoritative');
  const [first] = asked;
  if (first !== undefined && 'resolver' in first && isPlain(first.resolver.transport)) return first.resolver;
  return firstEvidence(subject, 'local.resolvers')?.servers[0] ?? null;
}

function isPlain(transport: string): boolean {
  return transport === 'udp' || transport === 'tcp';
}

function needsName(subject: Case, facts: CommandFacts): boolean {
  const isName = evidenceOf(subject, 'target.parsed').at(-1)?.hostKind === 'name';
  return isName && facts.host !== null && facts.resolver !== null;
}

function goesStraight(subject: Case, facts: CommandFacts): boolean {
  const proxied = evidenceOf(subject, 'local.proxy-configured').some((proxy) => !proxy.bypassed);
  return !proxied && facts.address !== null && facts.port !== null;
}

function isSecure(subject: Case): boolean {
  const scheme = evidenceOf(subject, 'target.parsed').at(-1)?.scheme ?? subject.scheme;
  return scheme === 'https' || scheme === 'wss';
}

function hasCertificate(subject: Case): boolean {
  return evidenceOf(subject, 'tls.certificates-received').length > 0;
}
