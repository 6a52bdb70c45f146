/**
 * What the headers of a plain packet say, as words: so that they are decoded where they were read, and used elsewhere. Addresses are words in host
 * order, of which IPv4 uses the first.
 */

/** The transport's layer, from bit 8 on the version of IP, from 16 on its TTL, from 24 on the flags of TCP. All is 0 for what is no plain packet. */
export const plainKinds = 0;
/** Source port in the upper half, destination port in the lower. */
export const plainPorts = 1;
export const plainSource = 2;
export const plainDestination = 3;
/** First byte behind the transport header, counted as the packet's own offset is. */
export const plainPayloadOffset = 4;
/** As the headers say. */
export const plainPayloadBytes = 5;
export const plainSequence = 6;
export const plainAcknowledgment = 7;
/** Identification, above it the window. */
export const plainIdentification = 8;
/** The transport's checksum, above it how long its header is. */
export const plainChecksum = 9;
/** Differs between links and directions; see {@link PacketCursor.vantage}. */
export const plainVantage = 10;
/** Behind the last byte that was captured of it. */
export const plainEnd = 11;
export const plainHeaderWords = 12;

/** The last three words of an IPv6 source, then those of the destination: kept apart, as most captures have few. */
export const plainAddressWords = 6;
