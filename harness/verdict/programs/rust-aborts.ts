/** Deaths of Rust programs by abort(3), which itself prints nothing. */
import type { FindingSource } from '../finding.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

const ABORT = new RegExp(
  `^(?:${[
    // library/std/src/alloc.rs
    String.raw`memory allocation of \d+ bytes failed`,
    // library/std/src/sys/pal/unix/stack_overflow.rs
    String.raw`thread '.*' (?:\(\d+\) )?has overflowed its stack`,
    // library/std/src/rt.rs
    'fatal runtime error: .*',
    // library/std/src/panicking.rs
    'thread panicked while (?:panicking|processing panic).*',
  ].join('|')})`,
);
/** What a death of one kind ends in, where its own line came before. */
const FOLLOWS: readonly (readonly [RegExp, NonNullable<ProgramCrash['follows']>])[] = [
  [/^(?:fatal runtime error: .*panic|thread panicked while )/, 'rust-panic'],
  [/^fatal runtime error: stack overflow/, 'stack-overflow'],
];

/** Each of these lines contains one of these words. */
export const RUST_ABORT_WORDS: readonly string[] = [
  'panicked while ',
  'memory allocation of ',
  'overflowed its stack',
  'fatal runtime error: ',
];

export function createRustAborts(source: FindingSource): CrashReader {
  return {
    isOpen: false,
    take(line) {
      const said = ABORT.exec(line.text)?.[0];
      if (said === undefined) return [];
      const title = said.replace(/\d+ bytes/, 'N bytes').replace(/ \(\d+\)/, '');
      const follows = FOLLOWS.find(([pattern]) => pattern.test(said))?.[1];
      return [
        {
          ...crashOf('rust', source, title, undefined, line, [line.text]),
          ...(title.includes('overflowed its stack') ? { kind: 'stack-overflow' } : {}),
          ...(follows === undefined ? {} : { follows }),
        },
      ];
    },
    flush: () => [],
  };
}
