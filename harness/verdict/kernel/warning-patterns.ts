/** Headers of WARN() and BUG(). */
import { DIE, type IndexedPattern } from './report-start.ts';

/** A file without its line, which the next version of the kernel changes. */
const FILE = String.raw`(?<file>[^\s:]+\.\w{1,4}):\d+`;
const FUNCTION = String.raw`(?<place>[A-Za-z_][\w.]*)\+0x`;

function titleOfWarning(): string {
  return 'WARNING';
}

function atFile({ groups = {} }: RegExpExecArray): string {
  return groups.file === undefined ? 'WARNING' : `WARNING at ${groups.file}`;
}

/** lib/bug.c, kernel/panic.c: __warn */
export const WARNING_PATTERNS: readonly IndexedPattern[] = [
  // The file is absent without CONFIG_DEBUG_BUGVERBOSE.
  {
    words: ['WARNING: CPU: '],
    text: new RegExp(
      String.raw`^WARNING: CPU: \d+ PID: \d+ at (?:${FILE} ?(?:${FUNCTION})?|${FUNCTION}|\S)`,
    ),
    title: titleOfWarning,
    unplaced: atFile,
    placeIn: 'instruction',
    takesText: true,
  },
  // The same where the end of the line is lost.
  {
    words: ['WARNING: CPU: '],
    text: /^WARNING: CPU: \d+/,
    title: titleOfWarning,
    unplaced: 'title',
    placeIn: 'instruction',
    takesText: true,
  },
  // Up to 3.11 without the CPU.
  {
    words: ['WARNING: at '],
    text: new RegExp(String.raw`^WARNING: at (?:${FILE}(?: ${FUNCTION})?|\S+\+0x)`),
    title: titleOfWarning,
    unplaced: atFile,
    placeIn: 'instruction',
    takesText: true,
  },
  // Since 6.18 with the file first, and the condition in brackets.
  {
    words: ['WARNING: '],
    text: new RegExp(
      String.raw`^WARNING: (?:\[.{0,256}\] )?${FILE} at (?:${FUNCTION}|[A-Za-z_0]\S*)`,
    ),
    title: titleOfWarning,
    unplaced: atFile,
    placeIn: 'instruction',
    takesText: true,
  },
  // lib/bug.c: report_bug; without CONFIG_DEBUG_BUGVERBOSE the address is all there is.
  {
    words: ['ernel BUG at '],
    text: new RegExp(
      String.raw`^[Kk]ernel BUG at (?:(?<file>[^\s:]+):\d+!|(?:${FUNCTION}|[0-9a-f]+).*\[verbose debug info)`,
    ),
    title: () => 'kernel BUG',
    unplaced: ({ groups = {} }) =>
      groups.file === undefined ? 'kernel BUG' : `kernel BUG at ${groups.file}`,
    placeIn: 'instruction',
    follow: [DIE],
  },
  // include/asm-generic/bug.h: BUG() of architectures that have no trap for it
  {
    words: ['BUG: failure at '],
    text: /^BUG: failure at (?<file>[^\s:]+):\d+\/(?<place>[A-Za-z_]\w*)\(\)!/,
    title: () => 'kernel BUG',
    unplaced: ({ groups = {} }) => `kernel BUG at ${groups.file}`,
    placeIn: 'trace',
  },
];
