/** Which of many stacks is of the task or the CPU that a report says is stuck. */
import type { PlaceFinder } from './place.ts';
import { createReportStacks, type ReportStacks } from './report-stacks.ts';
import { readDetector, readOwner, readStuck, type StackOwner } from './stuck-names.ts';

interface OwnedStack {
  owner: StackOwner;
  hasFrames: boolean;
  readonly stacks: ReportStacks;
}

interface Candidate {
  readonly place: string;
  readonly score: number;
}

/** kernel/rcu/tree.c, kernel/hung_task.c: tasks that look after others, and are shown with them. */
const LOOKS_AFTER_OTHERS = /^(?:rcu[_cobpgs]|khungtaskd)/;

export function createStuckStacks(): PlaceFinder {
  const cpus = new Set<string>();
  const tasks = new Set<string>();
  let detector: string | undefined;
  let current = newStack({});
  let best: Candidate | undefined;

  /** Before the first stack. */
  function noteNames(message: string): void {
    const stuck = readStuck(message);
    for (const cpu of stuck.cpus) cpus.add(cpu);
    for (const task of stuck.tasks) tasks.add(task);
    detector ??= readDetector(message);
  }

  function scoreOf({ owner: { cpu, task, comm = '' }, stacks }: OwnedStack): number {
    const isStuck = cpus.has(cpu ?? '') || tasks.has(task ?? '');
    const isBystander = LOOKS_AFTER_OTHERS.test(comm) || (cpu !== undefined && cpu === detector);
    return (isStuck ? 4 : isBystander ? 0 : 2) + (stacks.hasCause ? 1 : 0);
  }

  function better(): Candidate | undefined {
    const { place } = current.stacks;
    if (place === undefined) return best;
    const candidate = { place, score: scoreOf(current) };
    return best === undefined || candidate.score > best.score ? candidate : best;
  }

  /** What is known of an owner comes in several lines. */
  function take(owner: StackOwner): void {
    const isSame = (key: keyof StackOwner) =>
      owner[key] === undefined ||
      current.owner[key] === undefined ||
      owner[key] === current.owner[key];
    if (current.hasFrames || !isSame('cpu') || !isSame('task')) {
      best = better();
      current = newStack(owner);
    } else current.owner = { ...current.owner, ...owner };
  }

  return {
    add(message) {
      if (best === undefined && !current.hasFrames) noteNames(message);
      const owner = readOwner(message);
      if (owner !== undefined) take(owner);
      if (current.stacks.add(message).length > 0) current.hasFrames = true;
    },
    get place() {
      return better()?.place;
    },
  };
}

function newStack(owner: StackOwner): OwnedStack {
  return { owner, hasFrames: false, stacks: createReportStacks() };
}
