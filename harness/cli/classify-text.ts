/** What `kmx classify` prints for people: the answer in a line, then what it rests on. */
import type { Classification, ClassifiedLog } from '../classify/classification.ts';
import { BOOTS_MAX } from '../classify/kernel-facts.ts';
import { isNamedIn } from '../classify/named-in.ts';
import { hasCrash, worstFinding } from '../classify/worst.ts';
import { count, renderFirst } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { toLine } from '../text.ts';
import { isCrash } from '../verdict/finding.ts';
import {
  type ClassifyTextOptions,
  describeFinding,
  nameOf,
  renderFinding,
  renderPassedOver,
} from './classify-finding-text.ts';
import { describeSkipped, renderLogs } from './classify-logs-text.ts';
import { wrapWords } from './wrap-words.ts';

export function renderClassification(
  { files, unread, skipped }: Pick<Classification, 'files' | 'unread' | 'skipped'>,
  options: ClassifyTextOptions,
): string {
  const [only, ...others] = files;
  if (only === undefined) return unread.length > 0 ? '' : NO_TEXTS;
  const sections =
    others.length === 0
      ? [...renderLog(only, options), describeSkipped(skipped)]
      : renderLogs(files, skipped, options);
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const NO_TEXTS = 'nothing recognised: the JUnit report has no failures and no output of tests\n';

function renderLog(
  log: ClassifiedLog,
  options: ClassifyTextOptions,
): readonly (readonly string[])[] {
  const { colors, width } = options;
  const hint = hintOf(log, options);
  return [
    wrapWords(headlineOf(log, colors), width),
    describeLog(log, colors).flatMap((line) => wrapWords(line, width)),
    ...log.findings.map((finding) => renderFinding(finding, log, options)),
    renderPassedOver(log, options),
    hint === undefined ? [] : wrapWords(hint, width),
  ];
}

function headlineOf(log: ClassifiedLog, colors: Colors): string {
  const { findings } = log;
  const worst = worstFinding(log);
  if (worst === undefined) {
    return `${colors.bold('nothing recognised')}${log.bytes === 0 ? ': the log is empty' : ''}`;
  }
  if (!hasCrash(log)) {
    return `${colors.bold('no crash')}: ${count(findings.length, 'note')} on what happened to programs`;
  }
  const others = findings.filter(
    (finding) => isCrash(finding) && finding !== worst && !isNamedIn(worst, finding),
  );
  const isCause = others.every(({ explainedBy }) => explainedBy === worst.signature);
  const more =
    others.length === 0
      ? ''
      : `, ${isCause ? 'which led to' : 'and'} ${count(others.length, 'more crash')}`;
  return `${describeFinding(worst, colors)}${more}`;
}

/** Where the log comes from, by its own words. */
function describeLog(log: ClassifiedLog, { bold, dim }: Colors): readonly string[] {
  const { kernel, arch, machine, bootStage, boots, lines, stream, streamReason } = log;
  const known = [
    kernel === undefined ? undefined : `Linux ${kernel}`,
    arch,
    machine,
    bootStage === undefined ? undefined : BOOT_STAGE_WORDS[bootStage],
    count(lines, 'line'),
  ].filter((part) => part !== undefined);
  const other = stream === 'console' ? 'agent' : 'console';
  const why = streamReason === undefined ? '' : `: ${streamReason} (if not: --stream ${other})`;
  const beginnings = renderFirst(boots.map(String), BOOTS_SHOWN_MAX).join(', ');
  return [
    `${bold(nameOf(log))}: ${known.join(', ')}`,
    ...(lines === 0 ? [] : [dim(`read as ${STREAM_WORDS[stream]}${why}`)]),
    ...(boots.length > 1
      ? [
          `${boots.length === BOOTS_MAX ? 'at least ' : ''}${boots.length} boots, which begin at lines ${beginnings}`,
        ]
      : []),
  ];
}

const STREAM_WORDS = { console: "a kernel's console", agent: "a program's output" };
const BOOT_STAGE_WORDS = {
  nothing: undefined,
  firmware: 'no sign of a kernel booting',
  decompression: 'booted as far as decompression',
  kernel: 'booted as far as the kernel',
  'root file system': 'booted as far as the root file system',
  init: 'booted as far as init',
};
const BOOTS_SHOWN_MAX = 8;

/** How to pin a crash that nobody has pinned yet. */
function hintOf({ findings }: ClassifiedLog, { command }: ClassifyTextOptions): string | undefined {
  const crash = findings.find(
    (finding) =>
      isCrash(finding) && finding.explainedBy === undefined && finding.expectations?.length === 0,
  );
  if (crash === undefined) return undefined;
  const accept = command(['expect', '--accept', toLine(crash.signature), '--reason']);
  return `To accept it, once a run has it: ${accept} "…"`;
}
