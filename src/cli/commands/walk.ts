import { diagnose } from '../../diagnose/diagnose.ts';
import type { Observation } from '../../model/observation.ts';
import type { WalkReport } from '../../model/walk-report.ts';
import type { Ports } from '../../ports/ports.ts';
import { walk } from '../../probe/walk.ts';
import type { WalkOptions } from '../../probe/walk-options.ts';
import type { BundledCapture, BundleExtras } from '../../report/bundle/bundle-file.ts';
import { escapeForTerminal } from '../../report/escape.ts';
import { evidenceLine } from '../../report/evidence-line.ts';
import { Pseudonyms } from '../../report/pseudonyms.ts';
import { createRedactor, type Redactor } from '../../report/redact.ts';
import { type RedactedReport, redactedReport } from '../../report/redacted-report.ts';
import { colourStyle, plainStyle, type Style } from '../../report/style.ts';
import { renderWalkReport } from '../../report/walk-document.ts';
import { duration } from '../../report/wording.ts';
import { type Environment, type Output, wantsColour } from '../environment.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { intakeFor } from '../intake-for.ts';
import { LiveProgress } from '../live-progress.ts';
import { printReport } from '../print-report.ts';
import { UsageError } from '../usage-error.ts';
import type { WalkArguments } from '../walk-arguments.ts';
import type { CapturedWalk, WalkCapture } from '../walk-capture.ts';

/** `wirewalk URL`: one walk, its report, its exit code. Rejects with {@link UsageError} before anything is sent. */
export async function runWalk(given: WalkArguments, environment: Environment): Promise<number> {
  await checkFiles(given);
  const intake = await intakeFor(given, environment);
  const authorities = given.authorityFile === null ? null : await readAuthorityFile(given.authorityFile);
  const ports = await environment.ports(authorities === null ? {} : { authorities });
  await checkExpectations(given, ports);
  const capture = given.captureFile === null ? null : await startCapture(given.captureFile, environment);
  const interruption = listenForInterrupts(environment);
  const redactor = createRedactor([{ input: given.input, headers: given.headers }]);
  const pseudonyms = new Pseudonyms();
  const told = given.redaction === 'strict' ? (text: string): string => pseudonyms.text(text) : (text: string): string => text;
  const watcher = watch(given, environment, redactor, told);
  const screenshots: Uint8Array[] = [];
  const options: Partial<WalkOptions> = {
    ...given.options,
    ...(await screenshotOption(given, screenshots)),
    // Where a browser goes is known only afterwards.
    ...(capture === null || given.options.browser != null ? {} : { onContact: ({ address }) => capture.include(address) }),
    userAgent: `wirewalk/${environment.version}`,
    signal: interruption.signal,
  };
  let report: WalkReport;
  let captured: CapturedWalk;
  try {
    const walked = await walk(given.input, options, ports, watcher.observe);
    captured = capture === null ? { record: walked, packets: [] } : await capture.finish(walked);
    const { record } = captured;
    report = renderWalkReport(record, diagnose(record.observations, record.context), environment.version, given.headers, intake);
  } finally {
    watcher.stop();
    interruption.stop();
  }
  const redacted = redactedReport(report, given.redaction, pseudonyms);
  await print(redacted.report, given, environment);
  const [screenshot] = screenshots;
  const extras: BundleExtras = {
    ...(capture === null || given.outputs.bundle === null ? {} : { capture: await bundledCapture(captured, report, redacted) }),
    ...(screenshot === undefined ? {} : { screenshot }),
  };
  if (!(await writeReports(redacted, given, environment, extras))) return exitCodes.internal;
  return interruption.signal.aborted ? exitCodes.interrupted : exitCodeOf(report, given.strict);
}

type Authorities = Extract<ReturnType<typeof import('../../system/trust-store.ts').readAuthorities>, { kind: 'read' }>['store'];

async function readAuthorityFile(file: string): Promise<Authorities> {
  const { readAuthorities } = await import('../../system/trust-store.ts');
  const read = readAuthorities(file);
  if (read.kind === 'read') return read.store;
  throw new UsageError(`--ca ${file}`, read.reason, 'give a file with certificates in PEM form');
}

/** An owner that nobody could look up would be an expectation that is never checked. */
async function checkExpectations({ options }: WalkArguments, ports: Ports): Promise<void> {
  if (options.expect?.owner === undefined) return;
  const table = await ports.owners.open();
  if (!('find' in table))
    throw new UsageError(
      '--expect-owner',
      `the table of owners cannot be read (${table.raw ?? table.name})`,
      'leave it out, or reinstall wirewalk',
    );
}

async function bundledCapture(
  { packets }: CapturedWalk,
  report: WalkReport,
  redacted: RedactedReport<WalkReport>,
): Promise<BundledCapture> {
  return (await import('../bundled-capture.ts')).bundleCapture(packets, report, redacted);
}

async function startCapture(file: string, environment: Environment): Promise<WalkCapture> {
  const { startWalkCapture } = await import('../walk-capture.ts');
  return startWalkCapture(file, (line) => environment.stderr.write(`${line}\n`));
}

/** A picture is wanted for a file of its own, and for the bundle. */
async function screenshotOption(given: WalkArguments, screenshots: Uint8Array[]): Promise<Partial<WalkOptions>> {
  const { screenshotFile: file, outputs, options } = given;
  if (options.browser == null || (file === null && outputs.bundle === null)) return {};
  const { writeFileSync } = await import('node:fs');
  return {
    browser: {
      onScreenshot: (png) => {
        screenshots.push(png);
        if (file !== null) writeFileSync(file, png);
      },
    },
  };
}

async function checkFiles({ outputs, screenshotFile }: WalkArguments): Promise<void> {
  if (screenshotFile !== null) (await import('../report-files.ts')).checkReportFile('--screenshot', screenshotFile);
  if (Object.values(outputs).some((file) => file !== null)) (await import('../report-files.ts')).checkReportFiles(outputs);
}

/** A target that was none has no report to hand over. */
async function writeReports(
  redacted: RedactedReport<WalkReport>,
  { outputs }: WalkArguments,
  environment: Environment,
  extras: BundleExtras,
): Promise<boolean> {
  if (redacted.report.target.url === null || Object.values(outputs).every((file) => file === null)) return true;
  return (await import('../report-files.ts')).writeReportFiles(redacted, outputs, environment, extras);
}

/** The first request to stop interrupts the walk, which then reports; the second ends the process. */
function listenForInterrupts(environment: Environment): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const stop = environment.onInterrupt(() => {
    if (controller.signal.aborted) void environment.exitNow(exitCodes.interrupted);
    else controller.abort();
  });
  return { signal: controller.signal, stop };
}

interface Watcher {
  observe(observation: Observation): void;
  stop(): void;
}

const noWatcher: Watcher = { observe: () => {}, stop: () => {} };

/** Who is told of observations while they are made: a terminal gets lines that fill in, anything else a log when it was asked for. */
function watch(given: WalkArguments, environment: Environment, redactor: Redactor, told: (text: string) => string): Watcher {
  const { stderr, variables } = environment;
  if (given.detail === 'verdict') return noWatcher;
  if (stderr.isTerminal && variables.TERM !== 'dumb') {
    const progress = new LiveProgress(stderr, styleOf(stderr, given, environment), redactor, told);
    progress.start();
    return { observe: (observation) => progress.observe(observation), stop: () => progress.stop() };
  }
  if (given.detail !== 'all') return noWatcher;
  return {
    observe(observation) {
      const shown = told(evidenceLine(redactor.document(observation)));
      stderr.write(`${escapeForTerminal(`+${duration(observation.atMs)}  ${observation.checkpoint}  ${shown}`)}\n`);
    },
    stop: () => {},
  };
}

async function print(report: WalkReport, given: WalkArguments, environment: Environment): Promise<void> {
  const isRejected = report.evidence.some((evidence) => evidence.kind === 'target.rejected');
  if (given.json || !isRejected) await printReport(report, given, environment);
  if (!isRejected) return;
  const what = report.target.input === '' ? 'no target' : report.target.input;
  environment.stderr.write(
    `wirewalk: ${escapeForTerminal(`${what}: ${report.verdict.summary}`)} Give a URL, a host name, host:port or an address.\n`,
  );
}

function styleOf(output: Output, given: WalkArguments, environment: Environment): Style {
  return wantsColour(output, environment.variables, given.noColor) ? colourStyle : plainStyle;
}
