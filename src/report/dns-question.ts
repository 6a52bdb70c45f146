import type { Evidence } from '../model/walk-report.ts';

/** A question asked of one resolver or server, and what became of it. */
export type DnsQuestion = Extract<Evidence, { kind: 'dns.answered' | 'dns.unanswered' | 'dns.undeliverable' | 'dns.answer-rejected' }>;

export function isDnsQuestion(one: Evidence): one is DnsQuestion {
  return (
    one.kind === 'dns.answered' || one.kind === 'dns.unanswered' || one.kind === 'dns.undeliverable' || one.kind === 'dns.answer-rejected'
  );
}
