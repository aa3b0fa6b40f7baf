/**
 * Deaths of programs in a log that is read as a console. What runs on a guest's console may be a
 * test that panics on purpose; what syslog, the journal or a container engine names as the writer is
 * a program of its own.
 */
import { isCrash } from '../verdict/finding.ts';
import { isCopiedConsole } from '../verdict/lines/envelope/copied-console.ts';
import { type UnwrappedLine, unwrapLine } from '../verdict/lines/unwrap-line.ts';
import type { Range } from './counting-dedup.ts';
import type { FindingReader, PlacedFinding } from './placed-findings.ts';

/** `agent[77]: ` behind nothing or printk's stamp: programs write such lines to /dev/kmsg, too. */
const ON_CONSOLE =
  /^(?:<\d{1,3}>)?(?:\[ *\d{1,9}\.\d{1,9}\](?: ?\[ *[TC]\d{1,10}\])? ?)?[^\s[\]]{1,127}\[\d{1,10}\]: /;

/** Whom the line's envelope names as its writer; undefined on a console. */
export function programOf(text: string): Pick<UnwrappedLine, 'writer' | 'channel'> | undefined {
  if (ON_CONSOLE.test(text)) return undefined;
  const [line] = unwrapLine({ text, start: 0, end: text.length });
  if (line?.writer === undefined || line.tag === 'kernel') return undefined;
  const { writer, channel, tag, wrapping } = line;
  if (wrapping === 'console' || (channel !== undefined && isCopiedConsole(channel)))
    return undefined;
  // What runs guests hands on their consoles under its own name, a container's name is its channel.
  const isRelay = tag === undefined && channel === writer && /\[\d+\]$/.test(writer);
  return isRelay ? undefined : { writer, ...(channel === undefined ? {} : { channel }) };
}

/** @param kernelChannels Containers that carry a kernel's console. */
export function programDeathsIn(
  { placed }: FindingReader,
  kernelChannels: ReadonlySet<string>,
  taken: readonly Range[],
): readonly PlacedFinding[] {
  return placed.filter(({ finding, firstLine }) => {
    const program = firstLine === undefined ? undefined : programOf(firstLine);
    if (program === undefined || !isCrash(finding)) return false;
    if (program.channel !== undefined && kernelChannels.has(program.channel)) return false;
    return !taken.some(({ start, end }) => start < finding.end && finding.start < end);
  });
}

/** The containers that kernels' banners are behind. */
export function channelOf(text: string): string | undefined {
  return unwrapLine({ text, start: 0, end: text.length })[0]?.channel;
}
