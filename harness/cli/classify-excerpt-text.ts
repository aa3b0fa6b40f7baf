/** Lines of a log with their numbers, for people. */
import type { ClassifiedFinding } from '../classify/classification.ts';
import { count } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { cut, toLine } from '../text.ts';
import { textWidth } from '../text-width.ts';

export interface Layout {
  readonly colors: Colors;
  /** Of the terminal, in columns. */
  readonly width: number;
}

const LINE_LENGTH_MAX = 1000;
/**
 * arch/x86/kernel/process_64.c, process_32.c: __show_regs; arch/arm64, arm, powerpc and riscv:
 * kernel/process.c; and the modules, kernel/module/main.c: print_modules.
 */
const REGISTERS =
  /^ *(?:Code: |Modules linked in: ?|(?!RIP|EIP)(?:R[A-Z\d]{2}|E[A-Z]{2}|[CDFG]S|[CD]R\d|PKRU|GPR\d\d|[xrast]\d{1,2}|[sgt]p) ?: {0,4}[\da-f]{4})/;

/** Its first lines. If there is no room for all, registers and bytes of code make room for the stack. */
export function renderExcerpt(
  { excerpt, excerptLines, endLine }: ClassifiedFinding,
  linesMax: number,
  { colors, width }: Layout,
): readonly string[] {
  const all = excerpt
    .replace(/\n$/, '')
    .split('\n')
    .map((text, index) => ({ text, number: excerptLines?.[index] }));
  const telling = all.length > linesMax ? all.filter(({ text }) => !REGISTERS.test(text)) : all;
  const digits = String(endLine ?? '').length;
  const shown = telling.slice(0, linesMax);
  const more = telling.length - shown.length;
  return [
    ...shown.map(({ text, number }) => renderLine(text, number, digits, { colors, width })),
    ...(more > 0 ? [colors.dim(`  ${' '.repeat(digits)} … ${count(more, 'more line')}`)] : []),
  ];
}

/** One line of a log, cut to the width. */
export function renderLine(
  text: string,
  number: number | null | undefined,
  digits: number,
  { colors, width }: Layout,
): string {
  const room = Math.max(width - digits - 5, 20);
  const before = colors.dim(`${String(number ?? '').padStart(digits)} │`);
  // Frames are indented, and easier to read so.
  const [indent = ''] = /^[ \t]{0,16}/.exec(text) ?? [];
  return `  ${before} ${cutColumns(indent.replaceAll('\t', '  ') + toLine(text, LINE_LENGTH_MAX), room)}`;
}

function cutColumns(text: string, columns: number): string {
  let length = columns;
  // Some characters take two columns.
  while (textWidth(cut(text, length)) > columns) length -= 1;
  return cut(text, length);
}
