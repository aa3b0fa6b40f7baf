/**
 * A thread that counts the blocks executed in our code and in libraries, with V8's precise coverage:
 * no clock is involved. The insides of built-in functions are not counted.
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

/** Takes quadratic time, to show that the count detects it. */
const quadratic: FuzzTarget = {
  name: 'quadratic',
  seeds: () => [Buffer.from('x')],
  run(input) {
    let rest = input;
    while (rest.length > 0) {
      rest = rest.subarray(20);
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
