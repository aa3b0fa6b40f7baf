/** A thread that fuzzes one target, so that the main thread can end it if an input hangs it. */
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { PresentInput } from './present-input.ts';
import { runTarget } from './run-target.ts';
import { findTarget } from './targets.ts';

export interface ThreadOptions {
  readonly target: string;
  readonly seconds: number;
  readonly seed?: number;
  readonly memory: SharedArrayBuffer;
}

export interface ThreadResult {
  readonly inputs: number;
  readonly seed: number;
  readonly failure?: { readonly input: Uint8Array; readonly why: string };
}

const { target, memory, ...options } = workerData as ThreadOptions;
const present = new PresentInput(memory);
const { failure, ...rest } = await runTarget(findTarget(target), {
  ...options,
  onInput: (input) => present.set(input),
});
const result: ThreadResult =
  failure === undefined
    ? rest
    : { ...rest, failure: { input: failure.input, why: inspect(failure.error) } };
parentPort?.postMessage(result);
