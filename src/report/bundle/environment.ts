import type { ReadReport } from '../../model/read-report.ts';
import type { WalkReport } from '../../model/walk-report.ts';
import { escapeForTerminal } from '../escape.ts';
import { evidenceLine } from '../evidence-line.ts';
import { endpointText } from '../wording.ts';

/** Where, when and with what it was measured. Escaped. */
export function renderEnvironment(report: WalkReport | ReadReport): string {
  const own = report.evidence.filter((one) => one.checkpoint === 'local').map((one) => `  ${one.id} ${evidenceLine(one)}`);
  const lines = [
    `${report.tool.name} ${report.tool.version}`,
    ...(report.schema === 'wirewalk.walk/1' ? walkLines(report) : readLines(report)),
    'This computer, as seen:',
    ...own,
  ];
  return `${lines.map(escapeForTerminal).join('\n')}\n`;
}

function walkLines(report: WalkReport): string[] {
  const { host, platform, addresses, privileges } = report.vantage;
  return [
    `started ${report.startedAt}, took ${report.durationMs} ms`,
    `on ${host}, ${platform}, ${privileges.length === 0 ? 'ordinary user' : privileges.join(', ')}`,
    `addresses ${addresses.join(', ')}`,
    'Contacted:',
    ...report.contacted.map(({ address, port, purpose }) => `  ${endpointText(address, port)} (${purpose.replaceAll('-', ' ')})`),
  ];
}

function readLines(report: ReadReport): string[] {
  return [
    `took ${report.durationMs} ms`,
    ...report.captures.map(
      (capture) =>
        `capture ${capture.file}: ${capture.format}, ${capture.packets} packets, ${capture.firstAt ?? 'no time'} to ${capture.lastAt ?? 'no time'}`,
    ),
  ];
}
