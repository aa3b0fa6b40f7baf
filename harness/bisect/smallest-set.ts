/**
 * Finds a smallest set of changes that is enough: none of them can be left out. It isolates one change
 * that is needed after the other, each in the logarithm of what is left, and then leaves out all that is
 * not known to be needed. If many are needed, it tries smaller parts, down to one at a time.
 */
import { isolate, type SearchOptions, unitsBetween } from './isolate.ts';
import type { ChangeSet } from './probe.ts';
import { type NeededSet, removeSingly } from './remove-singly.ts';
import type { Span } from './sets.ts';

export interface SmallestSet extends NeededSet {
  /** No configuration told which changes of a block are needed. */
  readonly blocks: readonly (readonly string[])[];
}

/** @param span Its top is enough, and its base is not. */
export async function findSmallestSet(span: Span, options: SearchOptions): Promise<SmallestSet> {
  const { kept, blocks } = await shrink(span, options);
  const { changes, key, removals } = await removeSingly(kept, options);
  const left = blocks
    .map((block) => block.filter((change) => changes.has(change)))
    .filter((block) => block.length > 1);
  return { changes, key, removals, blocks: left };
}

/** What is known at some point of a search. */
interface State {
  /** Enough. */
  readonly kept: ChangeSet;
  /** None of these can be left out. */
  readonly required: ChangeSet;
  readonly blocks: readonly (readonly string[])[];
  /** How many units are left out at a time. */
  readonly part: number;
  /** How often leaving out failed. */
  readonly failures: number;
}

async function shrink({ base, top }: Span, options: SearchOptions): Promise<State> {
  let state: State = { kept: top, required: base, blocks: [], part: Infinity, failures: 0 };
  for (;;) {
    const { kept, required } = state;
    if (unitsBetween({ base: required, top: kept }, options.arrangement).length === 0) return state;
    state = await leaveOut(state, options);
  }
}

/** Afterwards less is kept, more is required, or the parts are smaller: so it ends. */
async function leaveOut(state: State, options: SearchOptions): Promise<State> {
  const { probe, arrangement } = options;
  const { kept, required, part } = state;
  const rest = unitsBetween({ base: required, top: kept }, arrangement);
  const spared = rest.slice(0, Math.max(0, rest.length - part));
  const candidate = required
    .union(new Set(spared.flatMap(({ changes }) => changes)))
    .intersection(kept);
  const configured = await probe.configure(candidate);
  const isInside = configured.changes.isSubsetOf(kept);
  const base = isInside ? configured.changes.union(required) : candidate;
  if (base.size >= kept.size || configured.changes.size >= kept.size) {
    return bringBack(state, rest.at(-1)?.changes ?? [], rest.length);
  }
  if ((await probe.ask(configured, Math.min(part, rest.length))) === 'yes') {
    const less = configured.changes;
    return { ...state, kept: less, required: required.intersection(less), part: 2 * part };
  }
  const found = await isolate({ base, top: kept }, options);
  const step = [...found.top.difference(found.base)];
  return {
    kept: found.top,
    required: required.union(arrangement.closed(step)).intersection(found.top),
    blocks: found.isBlock ? [...state.blocks, step] : state.blocks,
    part: state.failures < 2 ? part : Math.max(1, Math.floor(Math.min(part, rest.length) / 2)),
    failures: state.failures + 1,
  };
}

/** Kconfig does not leave it out. */
function bringBack(state: State, last: readonly string[], rest: number): State {
  const { part, required, kept } = state;
  if (part > 1) return { ...state, part: Math.ceil(Math.min(part, rest) / 2) };
  return { ...state, required: required.union(new Set(last)).intersection(kept) };
}
