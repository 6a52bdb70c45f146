import type { DnsRecord } from '../../model/observations/dns.ts';
import { type Case, evidenceOf, ownEvidence } from '../case.ts';
import { type DnsQuestion, isDnsQuestion } from '../dns-question.ts';
import { escapeForTerminal } from '../escape.ts';
import { evidenceLine } from '../evidence-line.ts';
import { failureWords, resolverText } from '../fact-words.ts';
import { duration } from '../wording.ts';

/** Every answer about the name as text, resolver by resolver; null when nobody was asked. All remote text in it is escaped. */
export function renderDnsAnswers(subject: Case): string | null {
  const questions = ownEvidence(subject).filter(isDnsQuestion);
  const lookups = evidenceOf(subject, 'dns.system-lookup');
  if (questions.length === 0 && lookups.length === 0) return null;
  const resolvers = new Set(questions.map((one) => one.resolver.address)).size;
  const lines = [
    `; answers about ${subject.host ?? subject.title}, ${resolvers === 1 ? 'one resolver or server' : `${resolvers} resolvers and servers`} asked`,
    ...lookups.map((one) => `; ${one.id} ${evidenceLine(one)}`),
    ...questions.flatMap(questionLines),
  ];
  return `${lines.map(escapeForTerminal).join('\n')}\n`;
}

function questionLines(one: DnsQuestion): string[] {
  const { resolver } = one;
  const who = `${resolverText(resolver)}${resolver.serverName === undefined ? '' : ` (${resolver.serverName})`}, ${resolver.role}, ${resolver.transport}`;
  const bits = [one.recursionDesired ? 'rd' : '', one.checkingDisabled ? 'cd' : '', one.edns ? 'edns' : '']
    .filter((bit) => bit !== '')
    .join(' ');
  return ['', `; ${one.id} at ${one.at}: ${one.name} ${one.type} asked of ${who}${bits === '' ? '' : ` (${bits})`}`, ...outcomeLines(one)];
}

function outcomeLines(one: DnsQuestion): string[] {
  switch (one.kind) {
    case 'dns.unanswered':
      return [`; no answer within ${duration(one.waitedMs)}, asked ${one.attempts} times`];
    case 'dns.undeliverable':
      return [`; not delivered: ${failureWords(one.failure)}`];
    case 'dns.answer-rejected':
      return [`; unusable answer: ${one.reason.replaceAll('-', ' ')}`];
    case 'dns.answered': {
      const flags = [
        'qr',
        one.authoritative ? 'aa' : '',
        one.truncated ? 'tc' : '',
        one.recursionAvailable ? 'ra' : '',
        one.authenticData ? 'ad' : '',
      ].filter((flag) => flag !== '');
      return [
        `; status ${one.rcodeName}, flags ${flags.join(' ')}, ${one.responseBytes} bytes${one.durationMs === undefined ? '' : `, ${duration(one.durationMs)}`}`,
        ...one.extendedErrors.map(
          (error) => `; extended error ${error.infoCode}${error.name === undefined ? '' : ` ${error.name}`}: ${error.text}`,
        ),
        ...one.answers.map(recordLine),
        ...one.authority.map((record) => `; authority: ${recordLine(record)}`),
      ];
    }
  }
}

/** Presentation form (RFC 1035 section 5.1), the name fully qualified. */
function recordLine({ name, type, ttlSeconds, data }: DnsRecord): string {
  return ` ${name === '.' ? '.' : `${name}.`}\t${ttlSeconds}\tIN\t${type}\t${data}`.replaceAll('\t', '  ');
}
