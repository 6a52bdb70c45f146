import { commonWords } from './conversation-table.ts';

/**
 * Layout of a TCP conversation in a conversation table: words of the connection, then the same words for each direction (client to server first).
 * Times and byte counts are doubles, two words at an even index. What every packet touches lies together, in few of the processor's cache lines.
 */

export const tcpFlagsSeen: number = commonWords;
/** Where the counters of what went wrong are kept, plus 1; 0 while nothing did. */
export const tcpAnomalies: number = commonWords + 1;
/** Letters of the history: which ones were written (client's in the low half), how many, then four to a word. Every packet looks at the first. */
export const tcpHistorySeen: number = commonWords + 2;
export const tcpHistoryLength: number = commonWords + 3;
export const tcpHistory: number = commonWords + 4;
export const tcpHistoryWords = 5;
/** Sightings of packets that had been seen before on another interface; they are counted nowhere else. */
export const tcpDuplicates: number = commonWords + 9;
/** When the latest SYN and the first one were sent; meaningful when the flags say so. Doubles. */
export const tcpSynTime: number = commonWords + 10;
export const tcpFirstSynTime: number = commonWords + 12;
/** First SYN-ACK. Double. */
export const tcpSynAckTime: number = commonWords + 14;
/** The client's first acknowledgment after it: the connection is open on both sides. Double. */
export const tcpOpenTime: number = commonWords + 16;
/** Milliseconds from the latest SYN to the first acknowledgment after it: one round trip, wherever the capture was taken. Double. */
export const tcpInitialRoundTripMs: number = commonWords + 18;
/** First reset, and first FIN of either side. Doubles. */
export const tcpResetTime: number = commonWords + 20;
export const tcpFinTime: number = commonWords + 22;
/** Frame of the first reset, and the TTL it came with. */
export const tcpResetFrame: number = commonWords + 24;
export const tcpResetTtl: number = commonWords + 25;
/** An ICMP error that quoted this conversation: its frame, 0 for none, and type and code. */
export const tcpIcmpFrame: number = commonWords + 26;
export const tcpIcmpTypeCode: number = commonWords + 27;
export const tcpSynFrame: number = commonWords + 28;
export const tcpSynAckFrame: number = commonWords + 29;
export const tcpOpenFrame: number = commonWords + 30;
export const tcpFinFrame: number = commonWords + 31;
/** The DNS transaction whose answer gave the server's address, plus 1; 0 for none, negative for one about another name than the connection is for. */
export const tcpLookup: number = commonWords + 32;
/** The last segment that was passed over, of each direction; see {@link sideOpaque}. */
export const tcpPassedFrames: number = commonWords + 33;
/** The line of lookups that the transaction belongs to, see `dnsLine`; negative where another host than the client asked for it. */
export const tcpLookupLine: number = commonWords + 35;

/** Bits of {@link tcpFlagsSeen}. */
export const sawSyn = 1;
export const sawSynAck = 2;
export const sawOpen = 4;
export const sawClientReset = 8;
export const sawServerReset = 16;
export const sawClientFin = 32;
export const sawServerFin = 64;
export const knowsRoundTrip = 128;
export const sawPortReuse = 256;
/** Who was first with a FIN, and with a RST. */
export const finFirstByServer = 512;
export const resetFirstByServer = 1024;

export const tcpSides: number = commonWords + 36;

/** Words of one direction, counted from the direction's own base. */
export const sidePackets = 0;
export const sideFlags = 1;
/** Payload bytes as the headers say, retransmissions included. Double. */
export const sideBytes = 2;
/** Highest sequence number expected next, and the highest up to which nothing is missing. */
export const sideNextSequence = 4;
export const sideContiguous = 5;
/** What this side acknowledged last. */
export const sideLastAck = 6;
export const sideWindow = 7;
/** When this side last sent any segment, and when it last advanced. Doubles. */
export const sideLastAckTime = 8;
export const sideNextSequenceTime = 10;
/** Sequence number up to which this side lets the other send; meaningful once the scale is known. */
export const sideWindowEdge = 12;
export const sideRepeatedAcks = 13;
/** Fingerprints of the last packets and the vantages they were seen from, to know a second sighting by. */
export const sidePrintCursor = 14;
export const sidePrints = 15;
export const sidePrintCount = 4;
export const sideVantages = 19;
/** Shift count plus 1; 0 when no SYN showed one. */
export const sideWindowScale = 23;
/** Number of its SYN, or the one before its first octet that was seen or acknowledged. */
export const sideInitialSequence = 24;
export const sideMss = 25;
/** Time to live of the first packet. */
export const sideTtl = 26;
export const sidePayloadPackets = 27;
export const sideSyns = 28;
export const sideSynAcks = 29;
export const sideFins = 30;
export const sideResets = 31;
/**
 * Payload bytes in order that may be passed over, as only their number matters; inverted once something else came in between. Those that were: in how many
 * segments, and the last of them.
 */
export const sideOpaque = 32;
export const sidePassedSegments = 33;
/** Double. */
export const sidePassedTime = 34;
export const sideWords = 36;

/** Bits of {@link sideFlags}. */
/** The initial number is known, by its SYN or otherwise. */
export const sideKnowsInitial = 1;
export const sideKnowsNext = 2;
export const sideKnowsContiguous = 4;
export const sideKnowsAck = 8;
/** The last segment of this side was a keep-alive, or a probe of a zero window. */
export const sideLastWasKeepAlive = 16;
export const sideLastWasProbe = 32;
/** Its SYN was seen, so the window scale is known. */
export const sideKnowsScale = 64;

/** A multiple of 16. */
export const tcpWords: number = tcpSides + 2 * sideWords;
