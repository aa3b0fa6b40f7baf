import type { Container } from './container.ts';
import { expect } from './expect.ts';
import type { TestGuest } from './guest.ts';

/** The unit of /proc/PID/stat (proc(5)): USER_HZ is 100 on x86-64, however the kernel is configured. */
const MS_PER_TICK = 10;

/** CPU time of the container's first process so far, in steps of 10 ms. */
async function cpuMsOf(guest: TestGuest, { cgroup }: Container): Promise<number> {
  const [pid] = await cgroup.processes('cpu');
  const stat = await guest.inside.readFile(`/proc/${pid}/stat`);
  // The name in parentheses may contain blanks, so count from its end: utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Long enough for a meaningful ratio, in ticks of 10 ms. */
const SHARED_MS = 1000;

/** How much of one second of CPU time each of several busy containers gets, in ms. */
export async function cpuMsOfEach(
  guest: TestGuest,
  containers: readonly Container[],
): Promise<readonly number[]> {
  const measure = () => Promise.all(containers.map((container) => cpuMsOf(guest, container)));
  const before = await measure();
  return await guest.eventually(async () => {
    const grown = (await measure()).map((ms, index) => ms - (before[index] ?? 0));
    const sumMs = grown.reduce((sum, ms) => sum + ms, 0);
    expect(sumMs, 'CPU time of all busy containers, in ms').to.be.at.least(SHARED_MS);
    return grown;
  });
}

/** Enough to average out a single late timer. */
const PERIODS = 10;

/**
 * The mean CPU time of a busy container per period of its quota, in ms. Both are counted by the
 * guest's kernel, so the result does not depend on how much CPU the host gives to a virtual machine. A
 * container shares the CPUs with all of the host: on a busy one it may get less than its quota.
 */
export async function cpuMsPerPeriod(guest: TestGuest, container: Container): Promise<number> {
  const measure = async () => ({
    cpuMs: await cpuMsOf(guest, container),
    periods: await container.cgroup.field('cpu', 'cpu.stat', 'nr_periods'),
  });
  const before = await measure();
  return await guest.eventually(async () => {
    const { cpuMs, periods } = await measure();
    const passed = periods - before.periods;
    expect(passed, 'periods of the quota that have passed').to.be.at.least(PERIODS);
    return (cpuMs - before.cpuMs) / passed;
  });
}
