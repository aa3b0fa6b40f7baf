/** What a new lock says otherwise than the one before, for people. */
import { compareAgents, compareKernels } from '../../lock/compare.ts';
import type { Lock, LockedAgent, LockedKernel } from '../../lock/lock.ts';
import { count } from '../../phrases.ts';
import { renderTable } from '../../reporters/table.ts';

/** @param file The lock, as the user would name it. */
export function renderChanges(before: Lock, after: Lock, file: string): readonly string[] {
  const kernels = changesOf(before.kernels, after.kernels, describeKernel, compareKernels);
  const agents = changesOf(before.agents, after.agents, describeAgent, compareAgents);
  const what = `${count(after.kernels.size, 'kernel')}, ${count(after.agents.size, 'agent')}`;
  return [...renderTable([...kernels, ...agents]), `${file}: ${what}`];
}

function changesOf<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  describe: (entry: T) => string,
  compare: (one: T, other: T) => readonly { readonly what: string }[],
): readonly (readonly string[])[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.map((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    if (other === undefined) return ['removed', name, ''];
    if (one === undefined) return ['new', name, describe(other)];
    const differences = compare(one, other);
    if (differences.length === 0) return ['same', name, describe(other)];
    const texts = [describe(one), describe(other)];
    const isTold = texts[0] !== texts[1];
    const text = isTold ? texts.join(' → ') : differences.map(({ what }) => what).join(', ');
    return ['changed', name, text];
  });
}

function describeKernel({ release, debian }: LockedKernel): string {
  return debian === undefined ? release : `${debian.version} (${debian.suite})`;
}

function describeAgent({ sources, program = '' }: LockedAgent): string {
  const digest = (sources ?? program).slice(0, 'sha256:'.length + 12);
  return sources === undefined ? digest : `sources ${digest}`;
}
