import { type ArenaChain, emptyChain } from './byte-arena.ts';
import { FlightGlance } from './tls-glance.ts';

/** One direction: the record in hand, and what was seen so far. Times are NaN and frames 0 where nothing was seen. */
export class TlsSide {
  /** Octets of the record header so far: type and version in the first word, length in the second. */
  headerLength = 0;
  typeAndVersion = 0;
  recordLength = 0;
  recordType = 0;
  /** Octets of the record's fragment still to come. */
  remaining = 0;
  /** The packet that completed the record's header. */
  recordMs: number = Number.NaN;
  recordFrame = 0;
  /** The first two octets of an alert. */
  alertOctets = 0;
  /** Records in clear as sent: handshake, alerts, change-cipher-spec. */
  readonly kept: ArenaChain = emptyChain();
  keepsRecord = false;
  /** What the handshake messages in clear say, up to ChangeCipherSpec. */
  readonly flight: FlightGlance = new FlightGlance();
  isFlightOver = false;
  /** Record boundaries are lost, and were found again after that. */
  lost = false;
  resumed = false;
  /** A record header was seen. */
  begun = false;
  records = 0;
  firstMs: number = Number.NaN;
  firstFrame = 0;
  /** When the first handshake record was complete. */
  helloMs: number = Number.NaN;
  helloFrame = 0;
  changeCipherSpecMs: number = Number.NaN;
  changeCipherSpecFrame = 0;
  /** First encrypted handshake record behind ChangeCipherSpec (TLS 1.2: Finished). */
  encryptedHandshakeMs: number = Number.NaN;
  encryptedHandshakeFrame = 0;
  applicationRecords = 0;
  applicationBytes = 0;
  /** Of the server: application data records behind the client's first one that came behind the server's hello. */
  lateRecords = 0;
  /** Length of the first application data record that came behind the server's hello, and of the last one. */
  firstApplicationLength = 0;
  lastApplicationLength = 0;
  firstApplicationMs: number = Number.NaN;
  firstApplicationFrame = 0;
  /** When the other side's last application data record before that was complete. */
  heardMs: number = Number.NaN;
  secondApplicationMs: number = Number.NaN;
  secondApplicationFrame = 0;
  lastApplicationMs: number = Number.NaN;
  lastApplicationFrame = 0;

  /** Forgets everything; the chain has been released. */
  reset(): void {
    this.headerLength = 0;
    this.keepsRecord = false;
    this.flight.reset();
    this.isFlightOver = false;
    this.lost = false;
    this.resumed = false;
    this.begun = false;
    this.recordMs = Number.NaN;
    this.records = 0;
    this.firstMs = Number.NaN;
    this.firstFrame = 0;
    this.helloMs = Number.NaN;
    this.helloFrame = 0;
    this.changeCipherSpecMs = Number.NaN;
    this.changeCipherSpecFrame = 0;
    this.encryptedHandshakeMs = Number.NaN;
    this.encryptedHandshakeFrame = 0;
    this.applicationRecords = 0;
    this.applicationBytes = 0;
    this.lateRecords = 0;
    this.firstApplicationLength = 0;
    this.lastApplicationLength = 0;
    this.firstApplicationMs = Number.NaN;
    this.heardMs = Number.NaN;
    this.firstApplicationFrame = 0;
    this.secondApplicationMs = Number.NaN;
    this.secondApplicationFrame = 0;
    this.lastApplicationMs = Number.NaN;
    this.lastApplicationFrame = 0;
  }
}
