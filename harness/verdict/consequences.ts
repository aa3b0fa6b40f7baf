/** Which of several crashes is no news, because another one led to it. */
import { type Finding, isCrash } from './finding.ts';
import { isInitDeath } from './kernel/panic-patterns.ts';

type Crash = Pick<Finding, 'class' | 'title' | 'source' | 'excerpt'>;

/** The crashes that nothing else among the findings of one test explains, in their order. */
export function independentCrashes<T extends Crash>(findings: readonly T[]): readonly T[] {
  const crashes = findings.filter(isCrash);
  return crashes.filter(
    (crash) => !crashes.some((other) => other !== crash && explains(other, crash)),
  );
}

/** Whether the one crash led to the other. */
export function explains(one: Crash, other: Crash): boolean {
  return (
    // The agent was PID 1, or took PID 1 with it.
    (one.class === 'agent-panic' && isInitDeath(other)) ||
    // A panic that names the report which was one too many (`panic_on_oops`) stands for both.
    one.title.endsWith(`, after ${other.title}`) ||
    (endsItsTask(one) && isSilentDeath(other))
  );
}

/** arch/x86/kernel/dumpstack.c: oops_end, or what other architectures have in its place, which ends the task; a warning does not count. */
function endsItsTask({ class: kind, excerpt }: Crash): boolean {
  return kind === 'kernel-oops' && /\[#\d+\]/.test(excerpt);
}

/** The agent's end, with nothing that it has said itself. */
function isSilentDeath({ class: kind, source }: Crash): boolean {
  return kind === 'agent-panic' && source === 'init';
}
