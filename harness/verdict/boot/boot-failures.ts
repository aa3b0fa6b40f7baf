/**
 * Guests that get nowhere, where the kernel's own words come too early or not at all: in the
 * firmware, in the kernel's decompressor, in what the kernel starts. Also guests that start over.
 */
import { omitUndefined } from '../../omit-undefined.ts';
import { toLine, toPrintable } from '../../text.ts';
import { type Finding, makeFinding } from '../finding.ts';
import type { ConsoleMessage } from '../kernel/kernel-message.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import type { UnwrappedLine } from '../lines/unwrap-line.ts';
import { createWordMarks } from '../lines/word-marks.ts';
import { createInitReasons, INIT_WORDS } from './init-reasons.ts';
import { createReboots, FAULT_WORDS, REBOOT_WORDS } from './reboots.ts';
import { createStuckBoots, STUCK_WORDS } from './stuck-boots.ts';

export interface BootFailures {
  /** Whether every line may matter: the first ones do. */
  readonly isOpen: boolean;
  /** To be told of every message; `take` only of those with one of the words. */
  noteWriter(from: ConsoleMessage['from'], line: string): void;
  take(message: ConsoleMessage, line: UnwrappedLine): readonly Finding[];
  /** A finding of no init to run, or of an init that ran nothing, with the reason given before it. */
  explain(finding: Finding): Finding;
  /** The kernel died: that the guest starts over is no news. */
  notePanic(): void;
}

/** Every line that is looked at contains one of these. */
export const BOOT_WORDS: readonly string[] = [
  'init: fatal: ',
  '-- System halted',
  'No bootable ',
  ...INIT_WORDS,
  ...REBOOT_WORDS,
  ...STUCK_WORDS,
];

/** Who looks for which words, by bit. */
const INIT = 1;
const REBOOT = 2;
const STUCK = 4;
const marksOf = createWordMarks(
  [...INIT_WORDS, 'init: fatal: '],
  [...REBOOT_WORDS, ...FAULT_WORDS],
  STUCK_WORDS,
);

/** Last words of the project's own init, before it powers the guest off. */
const INIT_GAVE_UP = /^init: fatal: (.+)/;
/** arch/x86/boot/compressed/error.c: printed after the reason, which has a line of its own. */
const DECOMPRESSOR_HALTED = /^ ?-- System halted/;
/** What comes before the kernel's own words is short. */
const EARLY_LINES_MAX = 64;
/** SeaBIOS, src/boot.c; EDK II, BdsDxe */
const NO_BOOT_DEVICE = /No bootable device\.|^BdsDxe: No bootable option or device was found/;

/** Of a log that someone quotes. */
const INDENTATION = /^ {1,8}/;

export function createBootFailures(): BootFailures {
  const reboots = createReboots();
  const stuck = createStuckBoots();
  const reasons = createInitReasons();
  let earlyLines = 0;
  let lastEarly: OutputLine | undefined;

  function take(whole: ConsoleMessage, line: UnwrappedLine): readonly Finding[] {
    const { from } = whole;
    const text = whole.text.replace(INDENTATION, '');
    const message = { ...whole, text };
    const isEarly = from === 'either' && !reboots.hasBegun;
    const marks = marksOf(text);
    earlyLines += 1;
    if ((marks & INIT) !== 0) reasons.note(message, line.end);
    return [
      ...(isEarly ? takeEarly(text, line) : []),
      ...((marks & REBOOT) === 0 ? [] : takeRestart(message, line)),
      ...((marks & STUCK) === 0 ? [] : takeStuck(message, line)),
      ...((marks & INIT) === 0 || from === 'kernel' ? [] : takeLastWords(text, line)),
    ];
  }

  function takeLastWords(text: string, line: OutputLine): readonly Finding[] {
    const reason = INIT_GAVE_UP.exec(text)?.[1];
    if (reason === undefined) return [];
    return [{ ...findingOf(`init gave up: ${toLine(reason)}`, line, text), source: 'init' }];
  }

  /** Before the kernel's own first words. */
  function takeEarly(text: string, line: OutputLine): readonly Finding[] {
    if (DECOMPRESSOR_HALTED.test(text)) {
      const { text: reason = '', start = line.start } = lastEarly ?? {};
      const why = toLine(reason.replace(/^.*Decompressing Linux\.\.\. */, ''));
      const title = `kernel decompression failed${why === '' ? '' : `: ${why}`}`;
      return [findingOf(title, { ...line, start }, `${reason}\n${text}`.trim())];
    }
    if (text.trim() !== '') lastEarly = { ...line, text };
    if (!NO_BOOT_DEVICE.test(text)) return [];
    return [findingOf('firmware: no bootable device', line, text)];
  }

  /** A requested restart is not a death of the kernel: how the machine ended tells that. */
  function takeRestart(message: ConsoleMessage, line: UnwrappedLine): readonly Finding[] {
    const restart = reboots.take(message, line);
    if (restart !== undefined) stuck.restart();
    if (restart !== 'unexpected') return [];
    const title = 'unexpected reboot: the guest began to boot once more';
    return [findingOf(title, line, message.text, 'kernel-panic')];
  }

  function takeStuck({ text, writer }: ConsoleMessage, line: OutputLine): readonly Finding[] {
    const boot = stuck.take(text, line.end, writer);
    if (boot === undefined) return [];
    return [findingOf(boot.title, line, text, 'boot-failure', boot.place)];
  }

  return {
    get isOpen() {
      return !reboots.hasBegun && earlyLines < EARLY_LINES_MAX;
    },
    noteWriter: reboots.noteWriter,
    take,
    explain: reasons.explain,
    notePanic: () => reboots.notePanic(),
  };
}

function findingOf(
  title: string,
  { start, end }: OutputLine,
  text: string,
  kind: Finding['class'] = 'boot-failure',
  place?: string,
): Finding {
  const excerpt = toPrintable(text);
  const where = omitUndefined({ place });
  return makeFinding({ class: kind, title, ...where, source: 'console', start, end, excerpt });
}
