import { type Cause, type CauseAction, type CauseCode, causeCodes, checkpointOf, type Side } from '../../src/model/cause.ts';
import { type CheckpointId, checkpointIds } from '../../src/model/checkpoint.ts';

const questions: Readonly<Record<CheckpointId, string>> = {
  target: 'Is what we were asked to reach well-formed?',
  local: 'Can this host send anything at all?',
  dns: 'Does the name give the right addresses?',
  route: 'Do packets get there and back?',
  tcp: 'Does a connection open?',
  tls: 'Is it encrypted, and is it really them?',
  http: 'Does the application answer, and who answered?',
  page: 'Does what the page needs arrive as well?',
};

const sides: Readonly<Record<Side, string>> = {
  client: 'this host or its own network',
  network: 'a network on the way',
  dns: 'those who run the DNS',
  edge: 'the edge: CDN, proxy or load balancer of the site',
  origin: 'the site',
  unknown: 'not known before measuring further',
};

const introduction = `# Causes

What wirewalk can find wrong, checkpoint by checkpoint in walking order. Generated from \`src/model/causes/\` by \`npm run docs:update\`; do not edit.

A verdict names the first checkpoint that fails, and one cause. A cause that *degrades* impairs a request that works, and fails it only when it
alone breaks it. In commands, \`{url}\`, \`{host}\`, \`{port}\`, \`{address}\` and \`{resolver}\` stand for what the walk met; a report fills them in.`;

/** The registry as a page for readers: every cause with what a browser shows, who has to act, why, and what to do. */
export function renderCausesDocument(causes: Readonly<Record<CauseCode, Cause>>): string {
  const sections = checkpointIds.map((checkpoint) => {
    const own = causeCodes.filter((code) => checkpointOf(code) === checkpoint).map((code) => causes[code]);
    const overview = own.map((cause) => `| [${cause.code}](#${anchorOf(cause.code)}) | ${prose(cause.meaning)} | ${shows(cause)} |`);
    const table = ['| cause | holds when | browser shows |', '|---|---|---|', ...overview].join('\n');
    return [`## ${checkpoint}\n\n${questions[checkpoint]}`, table, ...own.map(renderCause)].join('\n\n');
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

function renderCause(cause: Cause): string {
  const parts = [
    `### ${cause.code}`,
    prose(cause.meaning),
    [
      `- Browser: ${shows(cause)}`,
      `- Verdict: ${cause.degrades ? 'degraded; failed when it alone breaks the request' : 'failed'}`,
      `- Who acts: ${sides[cause.side]}`,
    ].join('\n'),
    `Likely reasons:\n\n${cause.likelyReasons.map((reason, index) => `${index + 1}. ${prose(reason)}`).join('\n')}`,
    `What to do:\n\n${cause.nextSteps.map(renderStep).join('\n')}`,
  ];
  if (cause.confirmCommand !== undefined) parts.push(`Confirm:\n\n\`\`\`sh\n${cause.confirmCommand}\n\`\`\``);
  if (cause.falsePositives !== undefined)
    parts.push(`Looks like it and is not:\n\n${cause.falsePositives.map((one) => `- ${prose(one)}`).join('\n')}`);
  return parts.join('\n\n');
}

function renderStep(step: CauseAction, index: number): string {
  const command = step.command === undefined ? '' : `\n\n   \`\`\`sh\n   ${step.command}\n   \`\`\`\n`;
  return `${index + 1}. ${prose(step.action)}${command}`;
}

function shows(cause: Cause): string {
  return cause.browserErrors.length === 0
    ? 'nothing'
    : cause.browserErrors.map((text) => (text.startsWith('ERR_') ? `\`${text}\`` : prose(text))).join(', ');
}

/** The anchor that GitHub gives a heading: lower case, dots dropped. */
function anchorOf(code: CauseCode): string {
  return code.replaceAll('.', '');
}

/** Text that Markdown must show as it is. */
function prose(text: string): string {
  return text.replace(/[\\`*_<>|[\]]/g, '\\$&');
}
