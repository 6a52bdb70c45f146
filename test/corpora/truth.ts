/** The parts of a capture's ground truth that are compared; see the corpora's README. Text and numbers are tshark's. */

export interface TruthDirection {
  packets: number;
  payload_packets: number;
  payload_bytes: number;
  syn: number;
  syn_ack: number;
  fin: number;
  rst: number;
  missing_bytes: number;
  analysis: Readonly<Record<string, number>>;
}

export interface TruthTcpStream {
  stream: number;
  a: string;
  b: string;
  client: string | null;
  packets: number;
  first_frame: number;
  initial_rtt: string | null;
  a_to_b: TruthDirection;
  b_to_a: TruthDirection;
}

export interface TruthUdpConversation {
  a: string;
  b: string;
  packets: [number, number];
  payload_bytes: [number, number];
}

export interface TruthDnsRecord {
  type: number;
  ttl: number;
  data?: string[];
}

export interface TruthDnsMessage {
  frame: number;
  proto: string;
  id: number;
  response: boolean;
  opcode: number;
  questions?: { name: string; type: number }[];
  rcode?: number;
  answers?: TruthDnsRecord[];
  response_to?: number;
  time_s?: string;
  unsolicited?: boolean;
  retransmit_of_query?: number;
  retransmit_of_response?: number;
  agreement?: string;
}

export interface TruthTlsStream {
  over: string;
  stream: number;
  client_hello?: { frame: number; from?: string; to?: string; sni: string | null; alpn?: string[]; ech: boolean };
  server_hello?: { frame: number; alpn: string | null };
  hello_retry_request: boolean;
  negotiated_version?: string;
  cipher?: string;
  certificates?: { from: string; chain: string[] }[];
  alerts?: { frame: number; level: string; desc: number }[];
  alerts_encrypted?: { frame: number }[];
  debatable?: string;
  agreement?: string;
}

/** Frames of the WebSocket protocol in the whole capture. */
export interface TruthWebSocket {
  frames: number;
  closes: { frame: number; stream: number; masked: 0 | 1 }[];
}

export interface TruthHttpMessage {
  frame: number;
  over: string;
  stream: number;
  kind: 'request' | 'response';
  method?: string;
  uri?: string;
  status?: number;
  request_in?: number;
  first_segment_frame?: number;
  agreement?: string;
}

export interface TruthIcmp {
  frame: number;
  type: number;
  code: number;
  from: string;
  to: string;
  ident?: number;
  seq?: number;
  mtu?: number;
  quoted?: { src: string | null; dst: string | null; sport?: number | null; dport?: number | null };
}

export interface Truth {
  container: { format: string; records_walked: number; linktypes?: number[]; linktype?: number };
  read: { rc: number; errors: string[] };
  packets: { count: number; counts_agree: boolean; malformed_frames: number[]; snaplen_truncated: number };
  frames: {
    sha256_of_number_tab_time_tab_len_tab_caplen: string;
    listed: number;
    time: (string | null)[];
    len: number[];
    caplen: number[];
  };
  layers: { frames_with: Readonly<Record<string, number>> };
  tcp: { streams?: TruthTcpStream[] };
  udp: { conversations?: TruthUdpConversation[] };
  icmp?: TruthIcmp[];
  icmpv6?: TruthIcmp[];
  arp?: { frame: number; opcode: number; sender_mac: string | null; sender_ip: string; target_ip: string }[];
  dhcp?: {
    frame: number;
    op: number;
    type: number | null;
    xid: string;
    client_mac: string;
    yiaddr: string;
    requested?: string;
    server_id?: string;
    lease_s?: number;
    mask?: string;
    routers?: string[];
    dns?: string[];
    hostname?: string;
  }[];
  dhcpv6?: { frame: number; types: number[]; xid: string | null }[];
  dns: { messages?: TruthDnsMessage[] };
  tls: { streams?: TruthTlsStream[] };
  http: { messages?: TruthHttpMessage[] };
  websocket?: TruthWebSocket;
  http2?: { messages?: { over: string; stream: number; h2_stream?: number; type?: number; headers?: Readonly<Record<string, string>> }[] };
  quic?: { conversations?: { client: string; server: string; versions: string[] }[] };
}

/** Whether tshark read the file to its end, and the packet counts of several readers agree. */
export function isSure(truth: Truth): boolean {
  return truth.read.rc === 0 && truth.packets.counts_agree;
}
