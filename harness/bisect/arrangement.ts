/**
 * Changes in the order in which a search takes them: each after those that it requires, so that Kconfig
 * keeps every beginning of the order, and as far as that allows the suspects first.
 */
import type { ChangeSet } from './probe.ts';

/** By change: those without which Kconfig would take it back. */
export type Requirements = ReadonlyMap<string, ReadonlySet<string>>;

/** Changes that are only possible together; mostly one. */
export interface Unit {
  readonly changes: readonly string[];
  /** How likely it is looked for, compared with others. */
  readonly weight: number;
}

export interface Arrangement {
  readonly units: readonly Unit[];
  /** With all that they require. */
  closed(changes: Iterable<string>): ChangeSet;
  /** With all that require them. */
  dependents(changes: Iterable<string>): ChangeSet;
}

/** @param suspects The most likely first; those that are no changes are passed over. */
export function arrange(
  changes: readonly string[],
  requirements: Requirements,
  suspects: readonly string[] = [],
): Arrangement {
  const all = new Set(changes);
  const required = (change: string): readonly string[] =>
    [...(requirements.get(change) ?? [])].filter((other) => all.has(other));
  const dependents = new Map<string, string[]>(changes.map((change) => [change, []]));
  for (const change of changes) {
    for (const other of required(change)) dependents.get(other)?.push(change);
  }
  const ranked = [...new Set(suspects)].filter((suspect) => all.has(suspect));
  const groups = groupsOf([...new Set([...ranked, ...changes])], required);
  const weights = weightsOf(ranked, groups.length);
  const units = groups.map((group) => ({
    changes: group,
    weight: 1 / groups.length + group.reduce((sum, change) => sum + (weights.get(change) ?? 0), 0),
  }));
  return {
    units,
    closed: (of) => reach(of, required),
    dependents: (of) => reach(of, (change) => dependents.get(change) ?? []),
  };
}

/**
 * All units together weigh one. The first suspect weighs twice that, the others together one: if the
 * first is right, the first step finds it, and if none is, that has cost two steps.
 */
function weightsOf(suspects: readonly string[], units: number): ReadonlyMap<string, number> {
  if (suspects.length >= units) return new Map();
  const [first, ...others] = suspects;
  if (first === undefined) return new Map();
  return new Map([
    [first, others.length === 0 ? 1 : 2],
    ...others.map((other, index) => [other, 2 ** -Math.min(index + 1, others.length - 1)] as const),
  ]);
}

function reach(
  start: Iterable<string>,
  next: (change: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set(start);
  // A set also yields what is added while it is walked.
  for (const change of reached) for (const other of next(change)) reached.add(other);
  return reached;
}

/**
 * Strongly connected components, each after those that it leads to: Tarjan's algorithm, with a stack of
 * its own, since chains of requirements may be deeper than a program's.
 */
function groupsOf(
  changes: readonly string[],
  required: (change: string) => readonly string[],
): readonly (readonly string[])[] {
  const groups: string[][] = [];
  const numbers = new Map<string, number>();
  const lows = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const lower = (change: string, number: number | undefined): void => {
    lows.set(change, Math.min(lows.get(change) ?? Infinity, number ?? Infinity));
  };
  const enter = (change: string): { change: string; next: Iterator<string> } => {
    numbers.set(change, numbers.size);
    lower(change, numbers.get(change));
    open.push(change);
    isOpen.add(change);
    return { change, next: required(change)[Symbol.iterator]() };
  };
  const leave = (change: string): void => {
    if (lows.get(change) !== numbers.get(change)) return;
    const group = open.splice(open.lastIndexOf(change));
    for (const member of group) isOpen.delete(member);
    groups.push(group);
  };
  for (const start of changes) {
    if (numbers.has(start)) continue;
    const path = [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { done, value } = top.next.next();
      if (done === true) {
        leave(top.change);
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) lower(parent.change, lows.get(top.change));
      } else if (!numbers.has(value)) path.push(enter(value));
      else if (isOpen.has(value)) lower(top.change, numbers.get(value));
    }
  }
  return groups;
}
