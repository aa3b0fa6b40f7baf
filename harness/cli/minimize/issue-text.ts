/** The text of an issue about what was found, in Markdown. Pure. */
import { nameTest } from '../../expectations/test-pattern.ts';
import { count } from '../../phrases.ts';
import { markdownBlock, markdownCode, markdownText } from '../../reporters/markdown.ts';
import type { GuestSetting } from './guest-setting.ts';
import type { MadeCall, Minimized } from './minimized.ts';

const TITLE_LENGTH_MAX = 200;
const EVIDENCE_LINES_MAX = 40;

/** @param command Shows the failure again, with kmx. */
export function issueText(found: Minimized, command: string): string {
  const { verdict, title, versions, signatures } = found;
  const summary = title === undefined ? verdict : `${verdict}: ${title}`;
  const lines = [
    `# ${markdownText(summary.slice(0, TITLE_LENGTH_MAX))}`,
    '',
    introduction(found),
    '',
    '## Versions',
    '',
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${markdownCode(version)}`),
    '',
    '## Steps',
    '',
    ...steps(found),
    ...requests(found),
    '',
    '## What happens',
    '',
    ...markdownBlock('', excerptOf(found.evidence)),
    '',
    ...(signatures.length === 0
      ? []
      : [`Signature: ${signatures.map((one) => markdownCode(one)).join(' or ')}`, '']),
    'With kernel-matrix:',
    '',
    ...markdownBlock('', command),
  ];
  return `${lines.join('\n')}\n`;
}

/** The requests as they can be sent again: one of them as it is, several with their names. */
export function requestsText(calls: readonly MadeCall[]): string {
  const [first, ...others] = calls;
  const value =
    others.length === 0 ? first?.request : calls.map(({ call, request }) => ({ [call]: request }));
  return JSON.stringify(value, null, 2);
}

function introduction(found: Minimized): string {
  const { calls, cell, test, tried } = found;
  const what =
    calls === undefined
      ? `The test ${markdownCode(nameTest(test))} shows it in the cell ${markdownCode(cell)}.`
      : `${calls.length === 1 ? 'One call to the agent shows' : `${calls.length} calls to the agent show`} it.`;
  return `${what} ${describeLeast(found)}${count(tried, 'variant')} ${tried === 1 ? 'was' : 'were'} tried.`;
}

function describeLeast({ calls, isComplete, isGuestLeast }: Minimized): string {
  if (!isComplete) return 'The search was interrupted, so less may do: ';
  if (isGuestLeast) return 'Nothing of what follows can be left out: ';
  return calls === undefined ? '' : 'Nothing in what is sent can be left out: ';
}

function steps({ guest, versions, calls }: Minimized): readonly string[] {
  const mode = versions['cgroup mode'] ?? '';
  return [
    `1. Start a guest with this kernel${guest === undefined ? '' : `, ${describeGuest(guest)}`}.`,
    `2. Mount its cgroups as ${markdownText(mode)}, and start the agent.`,
    calls === undefined
      ? '3. Run the test.'
      : `3. Make ${calls.length === 1 ? 'this call' : 'these calls, one after the other'}.`,
  ];
}

function describeGuest({ bootParameters, memoryMib, cpus }: GuestSetting): string {
  const parameters =
    bootParameters.length === 0
      ? 'no special boot parameters'
      : `the boot parameters ${markdownCode(bootParameters.join(' '), Number.MAX_SAFE_INTEGER)}`;
  return `${memoryMib} MiB of memory, ${count(cpus, 'CPU')} and ${parameters}`;
}

function requests({ calls }: Minimized): readonly string[] {
  if (calls === undefined) return [];
  return calls.flatMap(({ call, request }, index) => [
    '',
    `${calls.length === 1 ? '' : `${index + 1}: `}${markdownCode(call)} of kata-agent's protocol, in protobuf's JSON form:`,
    '',
    ...markdownBlock('json', JSON.stringify(request, null, 2)),
  ]);
}

function excerptOf(evidence: string): string {
  const lines = evidence.split('\n');
  const left = lines.length - EVIDENCE_LINES_MAX;
  return [
    ...lines.slice(0, EVIDENCE_LINES_MAX),
    ...(left > 0 ? [`… ${count(left, 'line')} more`] : []),
  ].join('\n');
}
