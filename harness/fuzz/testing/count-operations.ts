/**
 * A thread that counts how often each block of our code, and of the libraries that it calls, is
 * executed: V8's precise coverage knows, and no clock is involved. What happens inside of a built-in
 * function is not counted.
 */
import { Session } from 'node:inspector/promises';
import { parentPort } from 'node:worker_threads';
import type { FuzzTarget } from '../fuzz-target.ts';

export interface CountRequest {
  readonly target: string;
  readonly input: Uint8Array;
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
// Only what is loaded from now on is counted.
const { TARGETS } = await import('../targets.ts');

parentPort?.on('message', async ({ target: name, input }: CountRequest) => {
  const target = [...TARGETS, quadratic].find((one) => one.name === name);
  if (target === undefined) throw new Error(`Expected the name of a target, found ${name}`);
  await takeCount();
  await target.run(input);
  parentPort?.postMessage(await takeCount());
});

/** What must not be: it shows that the count would tell. */
const quadratic: FuzzTarget = {
  name: 'quadratic',
  seeds: () => [Buffer.from('x')],
  run(input) {
    let rest = input;
    while (rest.length > 0) {
      rest = rest.subarray(100);
      for (const _ of rest);
    }
  },
};

/** Executions of blocks since the last call. */
async function takeCount(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.startsWith('file:'))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}
