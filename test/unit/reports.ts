import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Intake } from '../../src/model/intake.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import type { HeaderField } from '../../src/model/observations/http.ts';
import { noTimings, type Timings } from '../../src/model/timings.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { renderWalkReport } from '../../src/report/walk-document.ts';
import { answered, certificates, contextOf, numbered, record, responded, server, synRefused, systemLookup, upTo } from './evidence.ts';

/** Reports of made-up walks, for tests of what is handed over. */

export const healthyTimings: Timings = {
  dnsMs: 21.7,
  connectMs: 16.4,
  tlsMs: 20.1,
  requestMs: 0.2,
  firstByteMs: 17,
  contentMs: 0.1,
  redirectMs: null,
  totalMs: 75.5,
  roundTripMs: 16.2,
  serverMs: 0.8,
  roundTrips: 4,
};

export interface ReportOptions {
  input?: string;
  timings?: Timings;
  headers?: readonly HeaderField[];
  intake?: Intake;
  host?: string;
}

export function reportOf(drafts: (ObservationDraft | ObservationDraft[])[], options: ReportOptions = {}): WalkReport {
  const observations = numbered(...drafts);
  const url = options.input ?? 'https://www.shop.com/';
  const context = contextOf();
  const walked = {
    startedAt: '2026-11-21T12:00:00.000Z',
    durationMs: 80,
    vantage: { host: options.host ?? 'desk', platform: 'linux', addresses: ['192.168.1.42'], privileges: [] },
    target: { input: url, url, scheme: 'https', host: 'www.shop.com', port: 443, expect: {} },
    context,
    observations,
    timings: options.timings ?? noTimings,
    contacted: [],
  };
  return renderWalkReport(walked, diagnose(observations, context), '1.2.3', options.headers ?? [], options.intake ?? null);
}

export const healthyReport = (): WalkReport => reportOf([upTo.page()], { timings: healthyTimings });

/** One report for each checkpoint at which a request can fail first, and a healthy one, by name. */
export const reports: Readonly<Record<string, () => WalkReport>> = {
  healthy: healthyReport,
  dns: () => reportOf([upTo.lookup(), systemLookup([], 'name-not-found'), answered({ rcode: 3 }), answered({ rcode: 3, type: 'AAAA' })]),
  tcp: () => reportOf([upTo.addresses(), answered({ answers: [record('A', server.address)] }), synRefused()]),
  tls: () =>
    reportOf([
      upTo.connection(),
      answered({ answers: [record('A', server.address)] }),
      certificates({ notAfter: '2026-11-18T12:00:00.000Z' }, 'CERT_HAS_EXPIRED'),
    ]),
  http: () => reportOf([upTo.request(), responded(502)], { timings: healthyTimings }),
};
