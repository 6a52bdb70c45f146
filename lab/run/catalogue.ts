import type { Scenario } from '../scenario/scenario.ts';
import { badsslNotServed } from '../scenarios/badssl/scenarios.ts';
import { causesNotShown } from '../scenarios/not-shown.ts';
import { expectedCheckpoint } from './judge.ts';

const introduction = `# The practice lab

A small real internet in network namespaces, with real servers, that can be broken on purpose: it proves every verdict of wirewalk against a network
whose fault is known, and lets anyone try tools on faults that are hard to come by. No packet leaves the namespaces. It needs Linux; an ordinary user
can run it wherever the kernel allows user namespaces, root can always.

This list is generated from the scenarios in \`lab/scenarios/\` by \`npm run docs:update\`.

| command | does |
|---|---|
| \`wirewalk lab list\` | names every scenario |
| \`wirewalk lab run [PATTERN...]\` | walks in each, compares with what is expected, proves that the fault was met |
| \`wirewalk lab up SCENARIO\` | leaves the broken network standing |
| \`wirewalk lab shell [SCENARIO]\` | a shell on the client of that network; \`ip netns exec edge ...\` reaches the other machines |
| \`wirewalk lab down [SCENARIO]\` | ends what stands |
| \`wirewalk lab up --quiz\` | a network nobody describes: find the first checkpoint that fails, then see the truth |

## The network

\`\`\`
client --- gateway --- provider --- transit --- core --- hosting --- edge      203.0.113.10, .11, 2001:db8:113:1::10   nginx or HAProxy
  eth0     NAT, DHCP   |    (transit-2)          |          |------- origin    203.0.113.70                             nginx
  .42      dnsmasq     resolver                  |          \\------- ns1       203.0.113.130                            Knot DNS
           192.168.1.1 192.0.2.53 unbound        |--- ns2      198.51.100.66   Knot DNS
(lan-host: a proxy)                              |--- tld      198.51.100.130  Knot DNS, zone example.
                                                 |--- root     13 addresses    Knot DNS, signed, with the resolvers' trust anchor
                                                 \\--- public   1.1.1.1, 8.8.8.8, 9.9.9.9   unbound
\`\`\`

Every scenario runs in a tree of processes with namespaces of its own: when it ends, however it ends, the kernel clears everything. What is wrong is
proved by the lab's own means (packet filter counters, server logs, kernel counters, measurements of its own): a scenario whose fault was not met by
the traffic is an error, not a pass. While a walk runs, the packets at the client and at the edge are recorded (\`--keep DIR\`).
`;

/** The document that lists every scenario by group. Pure: the same scenarios give the same text. */
export function renderCatalogue(groups: Readonly<Record<string, readonly Scenario[]>>): string {
  const all = Object.values(groups).flat();
  const awaited = all.filter(({ expectedToFail }) => expectedToFail).length;
  const counts = Object.entries(groups).map(([group, scenarios]) => `| ${group} | ${scenarios.length} |`);
  return [
    introduction,
    `## ${all.length} scenarios`,
    '',
    `In ${awaited} of them the diagnosis is still to come (marked *to come*); their faults are made and proved all the same.`,
    '',
    '| group | scenarios |',
    '|---|---|',
    ...counts,
    '',
    ...Object.entries(groups).flatMap(([group, scenarios]) => [`## ${group}`, '', ...scenarios.flatMap(entry)]),
    ...whatPacketsCannotSay(all),
    '## Causes without a scenario',
    '',
    ...Object.entries(causesNotShown).map(([code, why]) => `- \`${code}\`: ${why}`),
    '',
    '## Cases of badssl.com without a scenario',
    '',
    ...Object.entries(badsslNotServed).map(([name, why]) => `- \`${name}\`: ${why}`),
    '',
  ].join('\n');
}

const unseen: Readonly<Record<string, string>> = {
  unclear: 'nothing is named',
  any: 'it differs from one run to the next',
};

/** Where the packets at the client are judged otherwise than the walk, by reason. */
function whatPacketsCannotSay(scenarios: readonly Scenario[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, expect, captureClient } of scenarios) {
    if (captureClient?.why === undefined || captureClient.checkpoint === expectedCheckpoint(expect)) continue;
    const { checkpoint, why } = captureClient;
    const said = checkpoint === null ? 'nothing fails' : (unseen[checkpoint] ?? `\`${checkpoint}\` fails`);
    const reason = `${said}: ${why}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), `[${id}](#${id})`]);
  }
  return [
    '## What packets alone cannot say',
    '',
    'The packets that were recorded at the client are judged by themselves, and must name the same checkpoint as the walk, except for these:',
    '',
    ...[...byReason].map(([reason, ids]) => `- ${reason} (${ids.join(', ')})`),
    '',
  ];
}

function entry({ id, title, fault, made, naive, url, options, expect, lookAlike, expectedToFail }: Scenario): string[] {
  const verdict = expect.cause ?? expectedCheckpoint(expect);
  const command = ['wirewalk', url, ...(options ?? [])]
    .map((word) => (/^[\w:/.,-]+$/.test(word) ? word : `'${word.slice(0, 60)}'`))
    .join(' ');
  return [
    `### ${id}`,
    '',
    `${title}. Expected: **${expect.status}**${verdict === null ? '' : ` \`${verdict}\``}${expectedToFail ? ' (*to come*)' : ''}.`,
    '',
    `- Fault: ${fault}`,
    `- Made so: ${made}`,
    `- A naive tool says: ${naive}`,
    `- Walk: \`${command}\``,
    ...(lookAlike ? [`- Looks the same: ${lookAlike.map((other) => `[${other}](#${other})`).join(', ')}`] : []),
    '',
  ];
}
