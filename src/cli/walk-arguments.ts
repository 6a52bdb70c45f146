import type { Intake } from '../model/intake.ts';
import type { AddressFamily, Endpoint } from '../model/observations/base.ts';
import type { HeaderField } from '../model/observations/http.ts';
import type { ProxySetting } from '../ports/host.ts';
import { basicAuthorization } from '../probe/proxy/proxy-server.ts';
import type { NamedResolver, WalkOptions } from '../probe/walk-options.ts';
import type { Redaction } from '../report/redacted-report.ts';
import type { TextOptions } from '../report/text.ts';
import { intakeOf, type ParsedIntake } from './options/intake.ts';
import { type OutputFiles, outputFilesOf, type ParsedOutputFiles } from './options/output-files.ts';
import { UsageError } from './usage-error.ts';

/** What the options parser gives, each value already read and valid by itself. */
export interface ParsedWalkOptions extends ParsedIntake, ParsedOutputFiles {
  json?: boolean;
  resolver?: NamedResolver[];
  connectTo?: Endpoint;
  origin?: Endpoint;
  health?: string;
  /** False for `--no-proxy`. */
  proxy?: ProxySetting | false;
  ca?: string;
  capture?: string;
  timeout?: number;
  /** `-4` and `-6`. */
  '4'?: boolean;
  '6'?: boolean;
  method?: string;
  header?: HeaderField[];
  expectStatus?: number[];
  expectText?: string;
  expectAddress?: string[];
  expectOwner?: string;
  maxRedirects?: number;
  /** False for `--no-follow`. */
  follow: boolean;
  cookies?: boolean;
  /** False for `--no-public-resolvers`. */
  publicResolvers: boolean;
  count?: number;
  idle?: number;
  /** False for `--no-page`. */
  page?: boolean;
  browser?: boolean;
  screenshot?: string;
  thorough?: boolean;
  /** True for `--trace`, false for `--no-trace`. */
  trace?: boolean;
  names?: boolean;
  /** False for `--no-color`. */
  color: boolean;
  strict?: boolean;
  explain?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

/** A walk as the command line asks for it. */
export interface WalkArguments {
  input: string;
  options: Partial<WalkOptions>;
  /** The request's fields as given, secrets included: to be kept out of the report. */
  headers: readonly HeaderField[];
  authorityFile: string | null;
  /** Where the packets of the walk go; null for nowhere. */
  captureFile: string | null;
  /** What was reported, when an option says. */
  intake: Intake | null;
  /** Ask on the terminal for the rest of the intake. */
  asksIntake: boolean;
  outputs: OutputFiles;
  redaction: Redaction;
  /** Tell the life of the request, too. */
  narrates: boolean;
  /** Where the browser's picture goes; null for nowhere. */
  screenshotFile: string | null;
  json: boolean;
  strict: boolean;
  noColor: boolean;
  detail: TextOptions['detail'];
}

/** Puts the options together. Throws {@link UsageError} where they contradict each other. */
export function walkArguments(input: string, parsed: ParsedWalkOptions): WalkArguments {
  if (parsed.quiet === true && parsed.verbose === true) throw new UsageError('-q and -v', 'they contradict each other', 'give one of them');
  const { header = [] } = parsed;
  return {
    input,
    options: {
      expect: {
        ...(parsed.expectStatus === undefined ? {} : { statuses: parsed.expectStatus }),
        ...(parsed.expectText === undefined ? {} : { text: parsed.expectText }),
        ...(parsed.expectAddress === undefined ? {} : { addresses: parsed.expectAddress }),
        ...(parsed.expectOwner === undefined ? {} : { owner: parsed.expectOwner }),
      },
      family: familyOf(parsed),
      headers: header,
      resolvers: parsed.resolver ?? [],
      // The life of a request tells of the next one, too.
      ...(parsed.explain === true || parsed.thorough === true ? { warmRun: true } : {}),
      // A bundle holds the answers of two resolvers at least.
      ...(parsed.bundle === undefined ? {} : { secondOpinion: true }),
      ...(parsed.publicResolvers ? {} : { publicResolvers: false }),
      ...(parsed.idle === undefined ? {} : { idleMs: parsed.idle }),
      ...(parsed.page === undefined ? {} : { page: parsed.page ? 'all' : 'none' }),
      ...(parsed.browser === true || parsed.screenshot !== undefined ? { browser: { onScreenshot: null } } : {}),
      ...(parsed.count === undefined ? {} : { lookupCount: parsed.count, pathRounds: parsed.count }),
      ...(parsed.thorough === true ? { thorough: true } : {}),
      ...(parsed.names === true ? { names: true } : {}),
      ...(parsed.trace === undefined ? {} : { trace: parsed.trace ? 'always' : 'never' }),
      connectTo: parsed.connectTo ?? null,
      ...(parsed.origin === undefined ? {} : { origin: parsed.origin }),
      ...(parsed.health === undefined ? {} : { healthPath: parsed.health }),
      ...(parsed.proxy === undefined ? {} : { proxy: parsed.proxy === false ? 'none' : parsed.proxy }),
      ...(parsed.timeout === undefined ? {} : { timeoutMs: parsed.timeout }),
      ...(parsed.method === undefined ? {} : { method: parsed.method }),
      ...redirectLimit(parsed),
      ...(parsed.cookies === true ? { keepsCookies: true } : {}),
    },
    headers: [...header, ...proxyLogin(parsed.proxy)],
    authorityFile: parsed.ca ?? null,
    captureFile: parsed.capture ?? null,
    intake: intakeOf(parsed),
    asksIntake: parsed.intake === true,
    outputs: outputFilesOf(parsed),
    redaction: parsed.redact ?? 'secrets',
    narrates: parsed.explain === true,
    screenshotFile: parsed.screenshot ?? null,
    json: parsed.json ?? false,
    strict: parsed.strict ?? false,
    noColor: !parsed.color,
    detail: parsed.quiet === true ? 'verdict' : parsed.verbose === true ? 'all' : 'screen',
  };
}

/** A login at a proxy is a secret like that at a site. */
function proxyLogin(proxy: ParsedWalkOptions['proxy']): HeaderField[] {
  if (proxy === undefined || proxy === false || proxy.credentials === null) return [];
  return [{ name: 'Proxy-Authorization', value: basicAuthorization(proxy.credentials) }];
}

function familyOf(parsed: ParsedWalkOptions): AddressFamily | null {
  if (parsed['4'] === true && parsed['6'] === true) {
    throw new UsageError('-4 and -6', 'they exclude each other', 'give one of them, or none for both families');
  }
  return parsed['4'] === true ? 'ipv4' : parsed['6'] === true ? 'ipv6' : null;
}

function redirectLimit(parsed: ParsedWalkOptions): { maxRedirects?: number } {
  if (!parsed.follow) {
    if (parsed.maxRedirects !== undefined) {
      throw new UsageError('--no-follow and --max-redirects', 'they contradict each other', 'give one of them');
    }
    return { maxRedirects: 0 };
  }
  return parsed.maxRedirects === undefined ? {} : { maxRedirects: parsed.maxRedirects };
}
