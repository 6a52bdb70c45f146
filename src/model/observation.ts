import type { CertificatePathObservation } from './observations/certificate-paths.ts';
import type { DnsObservation } from './observations/dns.ts';
import type { HttpObservation } from './observations/http.ts';
import type { LocalObservation } from './observations/local.ts';
import type { PageObservation } from './observations/page.ts';
import type { RouteObservation } from './observations/route.ts';
import type { TargetObservation } from './observations/target.ts';
import type { TcpObservation } from './observations/tcp.ts';
import type { TlsObservation } from './observations/tls.ts';

/** Everything a source can state. The rules see nothing else. */
export type Observation =
  | TargetObservation
  | LocalObservation
  | DnsObservation
  | RouteObservation
  | TcpObservation
  | TlsObservation
  | CertificatePathObservation
  | HttpObservation
  | PageObservation;

export type ObservationKind = Observation['kind'];

/** The observation type of one kind. */
export type ObservationOf<K extends ObservationKind> = Extract<Observation, { kind: K }>;

/** What a source states about one happening; the recorder adds the id. */
export type ObservationDraft = Observation extends infer O
  ? O extends Observation
    ? Omit<O, 'id' | 'hop'> & { hop?: number }
    : never
  : never;
