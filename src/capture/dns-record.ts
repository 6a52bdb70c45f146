/**
 * Layout of a transaction: one question to one server and what came of it. Times are doubles, two words at an even index. What is looked at when a
 * transaction is to leave comes first and fills one line of the processor's cache: most have left it by then.
 */
export const dnsHash = 0;
export const dnsState = 1;
/** Connections that used the answer and are not over. */
export const dnsReferences = 2;
/** Connections that were opened with the answer so far. */
export const dnsUses = 3;
/** Transactions of the same client that belong to the same lookup, plus 1. */
export const dnsPrevious = 4;
export const dnsNext = 5;
/** Chain of the query's bytes and, behind them, the response's: first block, last block, length; how many of them are the query's. */
export const dnsChain = 6;
export const dnsQueryBytes = 9;
export const dnsNumber = 10;
export const dnsType = 11;
export const dnsAnswerTime = 12;
/** Where on the captured links the question came from, see {@link PacketCursor.vantage}. */
export const dnsVantage = 14;
/** A and AAAA records in the answer. */
export const dnsAddresses = 15;
export const dnsLastQueryTime = 16;
export const dnsFirstQueryTime = 18;
export const dnsOwner = 20;
export const dnsId = 21;
export const dnsNameHash = 22;
/** Queries seen, sent again included. */
export const dnsAttempts = 23;
/** Responses seen. */
export const dnsResponses = 24;
/** Second word of the first response's header. */
export const dnsResponseFlags = 25;
export const dnsQueryFrame = 26;
/** Number of the first transaction of the same client about the same name within some time, of this lookup or another. */
export const dnsLine = 27;
export const dnsAnswerFrame = 28;
export const dnsVersion = 29;
/** Client's port in the upper half. */
export const dnsPorts = 30;
/** When the first of its line was asked, in whole milliseconds modulo 2^32. */
export const dnsLineStart = 31;
/** A question of another client for the same, asked while this one waited, plus 1. */
export const dnsInner = 32;
export const dnsIcmpFrame = 33;
export const dnsIcmpTypeCode = 34;
export const dnsClientAddress = 35;
export const dnsServerAddress = 39;
/** Where the state says so: the transaction that told the client its first address just before, and that one's number. */
export const dnsEarlier = 43;
export const dnsEarlierNumber = 44;
/** A question about another name with the same beginning that the client went on from to this one, plus 1, and its number. */
export const dnsStepFrom = 45;
export const dnsStepFromNumber = 46;
export const dnsLastQueryFrame = 47;
/** Three lines of 64 octets. */
export const dnsWords = 48;

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
/** Another client was told one of the addresses just before. */
export const dnsAskedByOthers = 512;
/** The same client was told its first address just before. */
export const dnsHasEarlier = 1024;
/** Another client was waiting for the same answer when it was asked, and got it at once. */
export const dnsOnBehalf = 2048;
/** A name that does not exist was tried before, as it was meant: it tells for this one. */
export const dnsWithSuffix = 4096;
/** Answered for good: what was asked for is known, or that there is nothing. */
export const dnsSettled = 8192;
/** The client went on to another name in place of this one, which tells for both. */
export const dnsWentOn = 16384;
/** The client went on to another name, and was told addresses for that. */
export const dnsCameToSomething = 32768;

/** Endpoints of a message: those of its conversation. */
export interface DnsEndpoints {
  version: number;
  /** Four words each, of which IPv4 uses the first. */
  client: Int32Array;
  server: Int32Array;
  /** Client's port in the upper half. */
  ports: number;
}
