/**
 * What is to be known of a plain packet, as sixteen words: so that it is decoded where it was read and used elsewhere, and takes one line of the
 * processor's cache to get there. Addresses are words in host order, of which IPv4 uses the first.
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
/** Identification, from bit 16 on the window. */
export const plainIdentification = 8;
/** The transport's checksum, from bit 16 on the length of its header, from 24 on that of all headers. */
export const plainChecksum = 9;
/** Differs between links and directions; see {@link PacketCursor.vantage}. */
export const plainVantage = 10;
/** Of IPv6: ordinal of the packet's long addresses among those of the batch. */
export const plainLongAddresses = 11;
/** As the container says. */
export const plainCapturedBytes = 12;
export const plainOriginalBytes = 13;
export const plainNanoseconds = 14;
/** Unsigned. */
export const plainSeconds = 15;
export const plainHeaderWords = 16;

/** The last three words of an IPv6 source, then those of the destination. */
export const longAddressWords = 6;
