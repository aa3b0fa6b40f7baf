import type { Container } from './container.ts';
import { expect } from './expect.ts';
import type { TestGuest } from './guest.ts';

/** USER_HZ, the unit of proc(5)'s stat: 100 on x86-64, however the kernel is configured. */
const MS_PER_TICK = 10;

/** CPU time of the container's first process so far, in steps of 10 ms. */
async function cpuMsOf(guest: TestGuest, { cgroup }: Container): Promise<number> {
  const [pid] = await cgroup.processes('cpu');
  const stat = await guest.inside.readFile(`/proc/${pid}/stat`);
  // The name before the last parenthesis may have blanks. Then: fields 14 and 15, utime and stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Enough ticks for a ratio between two containers. */
const SHARED_MS = 1000;

/** CPU time of each busy container while all of them together get a second of it. */
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

/** Enough for a mean that one late timer does not spoil. */
const PERIODS = 10;

/**
 * How much CPU time a busy container gets in each of the next periods of its quota, in ms. Counted
 * in periods of the guest's kernel: what the host withholds from the guest is in neither.
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
