import type { CauseCode } from './cause.ts';
import type { Intake } from './intake.ts';
import type { Endpoint } from './observations/base.ts';
import type { TlsVersion } from './observations/tls.ts';
import type { Timings } from './timings.ts';
import type { Evidence, ReportedCheckpoint, ReportedFinding, ReportedVerdict, ToolIdentity } from './walk-report.ts';

/** One interface that a capture was made on. */
export interface CaptureInterface {
  /** Its number within the file, from 0. */
  id: number;
  /** Null when the file does not say. */
  name: string | null;
  /** `EN10MB`, `LINUX_SLL2`, ... or the number of the link type. */
  linkType: string;
  /** Bytes kept of each packet at most; null for all. */
  snapBytes: number | null;
  /** Packets that the capturing system dropped; null when the file does not say. What seems missing may be among them. */
  droppedPackets: number | null;
}

/** One capture file. */
export interface ReportedCapture {
  file: string;
  format: 'pcap' | 'pcapng' | 'snoop';
  /** Link types of its interfaces, each once. */
  linkTypes: string[];
  packets: number;
  /** Size of the file as captured, before compression. */
  bytes: number;
  /** ISO 8601, UTC; null when it holds no packet. */
  firstAt: string | null;
  lastAt: string | null;
  /** Packets of which the capture kept only a part. */
  truncatedPackets: number;
  /** Packets that no decoder could make sense of. */
  malformedPackets: number;
  interfaces: CaptureInterface[];
  /** Where the file stops making sense, and why; null when all of it does. What comes before was read. */
  damage: CaptureDamage | null;
}

/**
 * `cut-short`: the file ends within a packet, as one that is still being written does. `bad-compression`: what it was compressed to is damaged or ends early.
 * `unreadable`: reading it failed. `atByte` counts what was captured, before compression.
 */
export interface CaptureDamage {
  atByte: number;
  reason: 'cut-short' | 'implausible-length' | 'bad-block' | 'unknown-version' | 'undescribed-interface' | 'bad-compression' | 'unreadable';
}

/** How many packets spoke each protocol. One packet counts for every layer it has. */
export interface ProtocolCounts {
  arp: number;
  ipv4: number;
  ipv6: number;
  icmp: number;
  icmpv6: number;
  tcp: number;
  udp: number;
  dns: number;
  tls: number;
  http: number;
  quic: number;
  dhcp: number;
}

interface Conversation {
  /** `t0`, `t1`, ... for TCP, `u0`, ... for UDP, in the order of their first packets. */
  id: string;
  /** Address and port of the side that opened it, `192.0.2.1:51234` or `[2001:db8::1]:51234`. */
  client: string;
  server: string;
  /** ISO 8601, UTC: its first packet. */
  startAt: string;
  durationMs: number;
  packetsToServer: number;
  packetsToClient: number;
  /** Payload bytes above TCP or UDP. */
  bytesToServer: number;
  bytesToClient: number;
}

/** One TCP connection as the packets show it. */
export interface ReportedTcpConversation extends Conversation {
  protocol: 'tcp';
  /** Packets with this flag. */
  syn: number;
  synAck: number;
  fin: number;
  rst: number;
  synRetransmissions: number;
  retransmissions: number;
  outOfOrder: number;
  duplicateAcks: number;
  zeroWindows: number;
  /** From the first SYN to the ACK that completes the handshake; null when it was not completed or not captured. */
  handshakeMs: number | null;
  /**
   * What happened, in Zeek's letters, in order: capital for the client, small for the server (S SYN, h SYN-ACK, A ACK, D data, F FIN, R RST, T sent again, W
   * zero window, G gap); `^` in front where who is client was found out only later.
   */
  history: string;
  /** Server name of the ClientHello; null without one. */
  sni: string | null;
  tlsVersion: TlsVersion | null;
  /** Names of TLS alerts seen in clear. */
  alerts: string[];
  /** How it went in Zeek's words (`conn_state`): `SF` opened and closed, `S0` no answer, `S1` open to the end, `OTH` begun before the capture, ... */
  state: TcpState;
  /** Of the retransmissions, those that duplicate acknowledgements asked for. */
  fastRetransmissions: number;
  keepAlives: number;
  /** Who sent the first reset, and how long after the first packet; null without one. */
  resetBy: 'client' | 'server' | null;
  resetAfterMs: number | null;
}

/** Zeek's words for how a connection went; see the Zeek manual, `conn_state`. */
export type TcpState = 'S0' | 'S1' | 'SF' | 'REJ' | 'S2' | 'S3' | 'RSTO' | 'RSTR' | 'RSTOS0' | 'RSTRH' | 'SH' | 'SHR' | 'OTH';

/** One UDP flow: everything between two endpoints. */
export interface ReportedUdpConversation extends Conversation {
  protocol: 'udp';
  /** Server name of a ClientHello of QUIC; null without one. */
  sni: string | null;
  /** `QUICv1`, `QUICv2`, `draft-29`; null where QUIC is not spoken. With no packet to the client it was tried in vain. */
  quicVersion: string | null;
}

export type ReportedConversation = ReportedTcpConversation | ReportedUdpConversation;

/** The lookup before an exchange. */
export interface ExchangeDns {
  name: string;
  resolver: string;
  /** `NOERROR`, `NXDOMAIN`, ...; null when nothing answered. */
  rcodeName: string | null;
  addresses: string[];
  durationMs: number | null;
}

export interface ExchangeTls {
  serverName: string | null;
  version: TlsVersion | null;
  cipher: string | null;
  /** The handshake as far as packets show it. */
  completed: boolean;
  alerts: string[];
  /** What the server chose of what the client offered; null for nothing, and where it is encrypted. */
  alpn: string | null;
  /** A session taken up again; null where no answer was seen. */
  resumed: boolean | null;
  /** The client's hello carries another that is encrypted, or pretends to (RFC 9849): the server name may then be its provider's. */
  encryptedClientHello: boolean;
}

export interface ExchangeHttp {
  method: string | null;
  url: string | null;
  /** Null when no response was seen. */
  status: number | null;
  requestBytes: number;
  responseBytes: number;
}

/** What an exchange's verdict says; the whole verdict is given for the worst exchange only. */
export type ExchangeVerdict = Pick<ReportedVerdict, 'status' | 'checkpoint' | 'cause' | 'confidence' | 'summary'>;

/** DNS, TCP, TLS and HTTP of one request, joined. */
export interface ReportedExchange {
  /** `x0`, `x1`, ... in the order of their first packets. */
  id: string;
  /** The name asked for: from DNS, SNI or Host; null when none was seen. */
  host: string | null;
  server: string;
  dns: ExchangeDns | null;
  /** Id of its TCP conversation. */
  tcp: string | null;
  tls: ExchangeTls | null;
  http: ExchangeHttp | null;
  timings: Timings;
  verdict: ExchangeVerdict;
  /** Numbers of its frames that the verdict rests on, 1-based within the capture. */
  frames: number[];
  /** Wireshark display filter that shows its packets. */
  displayFilter: string;
}

export interface ExchangeCounts {
  total: number;
  ok: number;
  degraded: number;
  failed: number;
  unclear: number;
}

/** How many exchanges failed, or were impaired, for one cause. */
export interface CauseCount {
  cause: CauseCode;
  status: 'failed' | 'degraded';
  count: number;
}

/** One packet as a ladder shows it. */
export interface ReportedPacket {
  /** 1-based, through all captures. */
  frame: number;
  /** Since the first packet of the captures. */
  atMs: number;
  protocol: 'tcp' | 'udp' | 'icmp' | 'arp';
  /** Port 0 where there are none. */
  from: Endpoint;
  to: Endpoint;
  /** What it is: flags, the TLS message or HTTP method it begins with, the DNS question. Remote text in it is raw. */
  label: string;
  payloadBytes: number;
  ttl: number | null;
  /** Of TCP, counted from the first seen of its direction. */
  sequence: number | null;
  acknowledgment: number | null;
  window: number | null;
}

/** The document of `wirewalk read FILE... --json`. */
export interface ReadReport {
  schema: 'wirewalk.read/1';
  tool: ToolIdentity;
  /** What was reported, when somebody said. */
  intake?: Intake;
  durationMs: number;
  captures: ReportedCapture[];
  protocols: ProtocolCounts;
  /** With `--conversations`, or when there are few; otherwise empty, see `conversationCount`. */
  conversations: ReportedConversation[];
  /** How many there are, listed or not. */
  conversationCount: number;
  exchanges: ReportedExchange[];
  /** How many there are, listed or not: of exchanges alike only some are listed. */
  exchangeCounts: ExchangeCounts;
  /** What they failed for, and what impaired them, the most frequent first; absent when nothing did. */
  causeCounts?: CauseCount[];
  /** The worst exchange's verdict. */
  verdict: ReportedVerdict;
  /** The worst exchange's checkpoints and stage times; absent when there was none. */
  checkpoints?: ReportedCheckpoint[];
  timings?: Timings;
  /** Packets of the worst exchange, in file order; absent when they were not listed. What a request or answer says is not in them. */
  packets?: ReportedPacket[];
  /** Packets of that exchange beyond those listed. */
  packetsOmitted?: number;
  findings: ReportedFinding[];
  evidence: Evidence[];
}
