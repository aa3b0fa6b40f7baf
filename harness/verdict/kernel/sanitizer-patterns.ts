/** First lines of what the compiler's sanitizers and KFENCE find. */
import { keepCause } from './kernel-frames.ts';
import { DIE, firstGroup, HEADERS, type IndexedPattern } from './report-start.ts';

/** Each report is between two lines of these. */
const RULER = /^={20}/;
const NAME = '[A-Za-z_][\\w.]*';
const DETAILS = String.raw`(?:\+0x\S*)?(?: \[\w+\])?`;

/**
 * kernel/kcsan/report.c: both functions of a race, in the order of their names; the first one below
 * the helpers is the place.
 */
const RACE = new RegExp(
  String.raw`^(?<what>BUG: KCSAN: [\w :-]+?) in (?<place>${NAME})${DETAILS}(?: \/ (?<other>${NAME}))?`,
);

function titleOfRace({ groups = {} }: RegExpExecArray): string {
  const { what = '', place, other } = groups;
  return other === undefined || keepCause(place) === undefined ? what : `${what} with ${other}`;
}

/** lib/ubsan.c: up to 5.4 the second line says what it is; in the words of the first line since. */
const UNDEFINED: readonly (readonly [RegExp, string])[] = [
  [/^shift exponent|^left shift of/, 'shift-out-of-bounds'],
  [/^index .* out of range/, 'array-index-out-of-bounds'],
  [/^signed integer overflow/, 'signed-integer-overflow'],
  [/^unsigned integer overflow/, 'unsigned-integer-overflow'],
  [/^negation of/, 'negation-overflow'],
  [/^division (?:by zero|of)/, 'division-overflow'],
  [/^load of value/, 'invalid-load'],
  [
    /^(?:member access|load|store|reference binding|constructor call).* null pointer/,
    'null-ptr-deref',
  ],
  [/misaligned address/, 'misaligned-access'],
  [/insufficient space/, 'object-size-mismatch'],
  [/^pointer operation|^pointer overflow/, 'pointer-overflow'],
  [/^variable length array bound/, 'vla-bound-not-positive'],
  [/^null pointer passed/, 'nonnull-arg'],
  [/^execution reached/, 'unreachable'],
];

function nameUndefined(message: string): string | undefined {
  const kind = UNDEFINED.find(([text]) => text.test(message))?.[1];
  return kind === undefined ? undefined : `UBSAN: ${kind}`;
}

const UBSAN: readonly IndexedPattern[] = [
  {
    words: ['UBSAN: Undefined behaviour'],
    text: /^UBSAN: Undefined behaviour in (?<file>[^\s:]+)/,
    title: () => 'UBSAN: undefined behaviour',
    unplaced: ({ groups = {} }) => `UBSAN: undefined behaviour in ${groups.file}`,
    retitle: nameUndefined,
    placeIn: 'trace',
    last: RULER,
  },
  // lib/ubsan.c: ubsan_prologue
  {
    words: ['UBSAN: '],
    text: /^(UBSAN: [\w -]+?) in (?<file>[^\s:]+)/,
    title: firstGroup,
    unplaced: ([, what = '', file = '']) => `${what} in ${file}`,
    placeIn: 'trace',
    last: /^(?:={20}|---\[ end )/,
  },
  // arch/x86/kernel/traps.c: with CONFIG_UBSAN_TRAP
  {
    words: ['UBSAN: '],
    text: /^(UBSAN: [\w -]+?) at (?<place>[A-Za-z_][\w.]*)/,
    title: firstGroup,
    placeIn: 'instruction',
    follow: HEADERS,
  },
];

export const SANITIZER_PATTERNS: readonly IndexedPattern[] = [
  {
    words: ['BUG: KCSAN: '],
    text: RACE,
    title: titleOfRace,
    placeIn: 'trace',
    last: RULER,
  },
  // kernel/kcsan/report.c: the second line, where the first one was lost.
  {
    words: ['race at unknown origin'],
    text: /^race at unknown origin, with /,
    title: () => 'BUG: KCSAN: data-race',
    placeIn: 'trace',
    last: RULER,
    isStray: true,
  },
  // mm/kasan, mm/kmsan, mm/kfence: `in` names the function that was caught. KASan up to 4.2.
  {
    words: ['BUG: KASAN: ', 'BUG: KASan: ', 'BUG: KMSAN: ', 'BUG: KFENCE: '],
    text: /^BUG: (KASAN|KASan|KMSAN|KFENCE): (.*?)(?: in (?<place>[A-Za-z_][\w.]*)| on address | at addr |$)/,
    title: ([, checker = '', what = '']) => `BUG: ${checker.toUpperCase()}: ${what}`,
    placeIn: 'trace',
    last: RULER,
  },
  ...UBSAN,
  // lib/string_helpers.c: fortify_panic; with the sizes since 6.8
  {
    words: ['detected buffer overflow'],
    text: /^(?:(\w+): )?detected buffer overflow(?: in (\w+))?/,
    title: ([, before, after]) => `detected buffer overflow (${before ?? after ?? '?'})`,
    placeIn: 'trace',
    isText: true,
    follow: HEADERS,
  },
  // mm/usercopy.c: usercopy_abort, report_usercopy
  {
    words: ['emory exposure attempt', 'emory overwrite attempt'],
    text: /^usercopy: [Kk]ernel memory (exposure|overwrite) attempt detected (?:from|to) (.{1,64}?)(?: \(|!|$)/,
    title: ([, what = '']) => `usercopy: kernel memory ${what}`,
    unplaced: ([, what = '', object = '']) => `usercopy: kernel memory ${what} of ${object}`,
    placeIn: 'trace',
    isText: true,
    follow: [/^[Kk]ernel BUG(?: at |$)/, DIE],
  },
];
