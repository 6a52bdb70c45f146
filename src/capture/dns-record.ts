/** Layout of a transaction: one question to one server and what came of it. Times are doubles, two words at an even index. */
export const dnsHash = 0;
export const dnsOwner = 1;
export const dnsId = 2;
export const dnsState = 3;
/** Connections that used the answer and are not over. */
export const dnsReferences = 4;
export const dnsType = 5;
export const dnsNameHash = 6;
/** Queries seen, sent again included. */
export const dnsAttempts = 7;
export const dnsFirstQueryTime = 8;
export const dnsLastQueryTime = 10;
export const dnsAnswerTime = 12;
/** Responses seen. */
export const dnsResponses = 14;
/** Second word of the first response's header. */
export const dnsResponseFlags = 15;
export const dnsQueryFrame = 16;
export const dnsLastQueryFrame = 17;
export const dnsAnswerFrame = 18;
export const dnsVersion = 19;
export const dnsClientAddress = 20;
export const dnsServerAddress = 24;
/** Client's port in the upper half. */
export const dnsPorts = 28;
/** Transactions of the same client about the same name around the same time, plus 1. */
export const dnsPrevious = 29;
export const dnsNext = 30;
/** Chains of query and response: first block, last block, length. */
export const dnsQueryChain = 31;
export const dnsResponseChain = 34;
/** A and AAAA records in the answer. */
export const dnsAddresses = 37;
export const dnsNumber = 38;
/** Connections that were opened with the answer so far. */
export const dnsUses = 39;
export const dnsIcmpFrame = 40;
export const dnsIcmpTypeCode = 41;
/** Number of the first transaction of those that belong together. */
export const dnsGroup = 42;
/** Even, so that times fall on multiples of eight octets. */
export const dnsWords = 44;

/** Bits of the state word. */
export const dnsInUse = 1;
export const dnsOverTcp = 2;
export const dnsHasQuery = 4;
export const dnsAnswered = 8;
/** The exchange it belongs to was told already. */
export const dnsTold = 16;
/** A response came that contradicts the question. */
export const dnsContradicted = 32;
/** Another question took its id. */
export const dnsDetached = 64;
/** Asked of a resolver: recursion desired. */
export const dnsWantsRecursion = 128;
/** Asked with checking disabled, as only experiments do. */
export const dnsUnchecked = 256;

/** Endpoints of a message: those of its conversation. */
export interface DnsEndpoints {
  version: number;
  /** Four words each, of which IPv4 uses the first. */
  client: Int32Array;
  server: Int32Array;
  /** Client's port in the upper half. */
  ports: number;
}
