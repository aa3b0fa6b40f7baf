/**
 * Functions that occur in reports of many bugs, which therefore tell none apart. Known by name, by
 * the form of the name, or by the source file where a trace gives one.
 */
import { ALLOCATORS } from './machinery/allocators.ts';
import { DEFERRED } from './machinery/deferred.ts';
import { DEVICES } from './machinery/devices.ts';
import { ENTRY } from './machinery/entry.ts';
import { machineryOfFile } from './machinery/files.ts';
import type { Machinery } from './machinery/group.ts';
import { LIBRARY } from './machinery/library.ts';
import { LOCKING } from './machinery/locking.ts';
import { MEMORY } from './machinery/memory.ts';
import { REPORTING } from './machinery/reporting.ts';
import { WAITING } from './machinery/waiting.ts';

export type { Machinery };

/** Groups that are machinery whatever the report is about come first. */
export const MACHINERY_GROUPS = [
  ...REPORTING,
  ...WAITING,
  ...ENTRY,
  ...LOCKING,
  ...MEMORY,
  ...LIBRARY,
  ...DEFERRED,
  ...DEVICES,
  ...ALLOCATORS,
];

type Entry = readonly [text: string, kind: Machinery];

const ENTRIES: readonly Entry[] = MACHINERY_GROUPS.flatMap(({ kind, names }) =>
  names
    .split(/\s+/)
    .filter((name) => name !== '')
    .map((name): Entry => [name, kind]),
);
const NAMES: ReadonlyMap<string, Machinery> = new Map(
  ENTRIES.filter(([text]) => !text.endsWith('*')),
);
/** Beginnings of names by their own beginning, the longest first: few have to be tried for a name. */
const BEGINNINGS: ReadonlyMap<string, readonly Entry[]> = indexBeginnings();

function indexBeginnings(): Map<string, Entry[]> {
  const index = new Map<string, Entry[]>();
  for (const [text, kind] of ENTRIES.filter(([name]) => name.endsWith('*'))) {
    const beginning = text.slice(0, -1);
    index.set(keyOf(beginning), [...(index.get(keyOf(beginning)) ?? []), [beginning, kind]]);
  }
  for (const entries of index.values()) entries.sort(([a], [b]) => b.length - a.length);
  return index;
}

function keyOf(name: string): string {
  return name.slice(0, 3);
}

/** No name in the table is as long. */
const NAME_MAX = 64;

const ATOMIC_OPERATIONS =
  'read|set|add|sub|inc|dec|and|or|xor|andnot|xchg|cmpxchg|try_cmpxchg|fetch|cond_read|long';
/** Forms of names, with the reason. */
const FORMS: readonly (readonly [form: RegExp, kind: Machinery])[] = [
  // include/linux/atomic, arch/*/include/asm/atomic.h; not `atomic_open` and other atomic things
  [new RegExp(`^(?:raw_|arch_)*atomic(?:64|_long)?_(?:${ATOMIC_OPERATIONS})(?:_|$)`), 'helper'],
  // include/asm-generic/bitops, lib/find_bit.c; not `set_extent_bit`
  [/^(?:(?:arch|const|constant|variable)_)*(?:test|set|clear|change|assign)_bit(?:_|$)/, 'helper'],
  [/^(?:arch_)?test_and_(?:set|clear|change)_bit(?:_|$)/, 'helper'],
  [/^find_(?:first|next|last|nth)_(?:zero_|and_|andnot_|or_)*bit(?:_|$)/, 'helper'],
  // fs: each file system allocates its inodes for fs/inode.c
  [/^\w+_alloc_inode$/, 'allocator'],
  // kernel/bpf: programs and trampolines are generated, and named after a hash
  [/^bpf_(?:prog_[0-9a-f]{16}|trampoline_\d+)(?:_|$)/, 'never'],
];
/** Compilers’ and tracers’ prefixes: what has one is not the function itself. */
const GENERATED = /^__(?:cfi|pfx|bpf_trace|traceiter|kstrtab|ksymtab)_/;

/** What kind of machinery a function is; `undefined` if it may be where a bug is. */
export function machineryOf(name: string, file?: string): Machinery | undefined {
  if (GENERATED.test(name)) return 'never';
  const bare = bareName(name);
  return (
    NAMES.get(bare) ??
    longestBeginning(bare) ??
    FORMS.find(([form]) => form.test(bare))?.[1] ??
    (file === undefined ? undefined : machineryOfFile(file))
  );
}

/** Without underscores, aliases and what compilers and allocators add. */
function bareName(name: string): string {
  const [bare = ''] = name
    .slice(0, NAME_MAX)
    .replace(/^[._]+(?:pi_)?/, '')
    .split('.', 1);
  return bare.replace(/_noprof$/, '');
}

function longestBeginning(name: string): Machinery | undefined {
  return BEGINNINGS.get(keyOf(name))?.find(([text]) => name.startsWith(text))?.[1];
}
