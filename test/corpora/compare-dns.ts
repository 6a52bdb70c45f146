import type { DnsTransaction } from '../../src/capture/dns-transaction.ts';
import type { CaptureReading } from './reading-of.ts';
import { isSure, type Truth, type TruthDnsMessage } from './truth.ts';

/** Times of answers in seconds are rounded to microseconds. */
const toleranceSeconds = 2e-6;

/** Every DNS message counted; every answer found, matched to its question, with its time, name, code and records. */
export function compareDns(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const wanted = (truth.dns.messages ?? []).filter((message) => message.proto === 'dns' && message.agreement === undefined);
  const malformed = new Set(truth.packets.malformed_frames);
  const mine = new Map(read.dns.filter((one) => one.answerFrame !== null).map((one) => [`${one.answerFrame} ${one.id}`, one]));
  const found = read.dnsMessages === wanted.length ? [] : [`${read.dnsMessages} messages, ${wanted.length}`];
  for (const theirs of wanted) {
    if (!theirs.response || malformed.has(theirs.frame)) continue;
    const transaction = mine.get(`${theirs.frame} ${Number(theirs.id)}`);
    if (transaction !== undefined) found.push(...compareAnswer(transaction, theirs));
    else if (Number(theirs.opcode) === 0 && theirs.retransmit_of_response === undefined && theirs.unsolicited !== true) {
      found.push(`frame ${theirs.frame}: no answer`);
    }
  }
  const repeated = wanted.filter((message) => message.retransmit_of_query !== undefined).length;
  const myRepeated = read.dns.reduce((sum, one) => sum + Math.max(0, one.attempts - 1), 0);
  if (repeated !== myRepeated) found.push(`${myRepeated} queries sent again, ${repeated}`);
  return found;
}

function compareAnswer(mine: DnsTransaction, theirs: TruthDnsMessage): string[] {
  const at = `frame ${theirs.frame}`;
  const found: string[] = [];
  if ((theirs.response_to ?? null) !== mine.queryFrame) found.push(`${at}: answers ${mine.queryFrame}, ${theirs.response_to}`);
  else if (theirs.time_s !== undefined && mine.firstQueryMs !== null && mine.answerMs !== null) {
    const seconds = (mine.answerMs - mine.firstQueryMs) / 1000;
    if (Math.abs(seconds - Number(theirs.time_s)) > toleranceSeconds) found.push(`${at}: after ${seconds} s, ${theirs.time_s} s`);
  }
  const { response } = mine;
  if (response === null) return [...found, `${at}: not decoded`];
  const question = theirs.questions?.[0];
  const name = question?.name === '<Root>' ? '.' : question?.name.toLowerCase();
  if (question !== undefined && (response.questions[0]?.name !== name || response.questions[0]?.typeCode !== Number(question.type))) {
    found.push(`${at}: asks ${response.questions[0]?.name}, ${name}`);
  }
  if ((response.rcode & 15) !== Number(theirs.rcode)) found.push(`${at}: code ${response.rcode}, ${theirs.rcode}`);
  const records = theirs.answers ?? [];
  if (records.length !== response.answers.length) return [...found, `${at}: ${response.answers.length} records, ${records.length}`];
  records.forEach((record, index) => {
    const one = response.answers[index];
    const data = record.data?.[0]?.toLowerCase();
    const isPlain = record.type === 1 || record.type === 28 || record.type === 5;
    if (one?.typeCode !== Number(record.type) || (isPlain && data !== undefined && one.data !== data)) found.push(`${at}: record ${index}`);
    else if (Number(record.ttl) < 2 ** 31 && one.ttlSeconds !== Number(record.ttl)) found.push(`${at}: TTL of record ${index}`);
  });
  return found;
}
