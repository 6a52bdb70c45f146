import { decodeDnsMessage } from '../wire/dns-message.ts';
import { isAddressType } from './lookup-group.ts';
import { replaceAddress } from './redacted-address.ts';
import type { InternalNames } from './redaction-scope.ts';

/**
 * Whether a datagram is one whole DNS message about one of `names`, and may be handed over. With `internal` its A and AAAA records are rewritten in
 * place; a message that says something about the inside in any other way may not.
 */
export function redactQuestion(payload: Uint8Array, names: ReadonlySet<string>, internal: InternalNames | null): boolean {
  const { message, error, trailingBytes } = decodeDnsMessage(payload);
  if (message === null || error !== null || trailingBytes > 0) return false;
  const [question, ...others] = message.questions;
  if (question === undefined || others.length > 0 || !names.has(question.name)) return false;
  if (internal === null) return true;
  const records = [...message.answers, ...message.authority, ...message.additional];
  const texts = [question.name, ...records.flatMap((record) => [record.name, ...(isAddressType(record.typeCode) ? [] : [record.data])])];
  if ((message.edns?.options.length ?? 0) > 0 || texts.some((text) => text.startsWith('\\#') || internal.text(text) !== text)) return false;
  for (const { typeCode, rdata } of records) if (isAddressType(typeCode)) replaceAddress(rdata, internal);
  return true;
}
