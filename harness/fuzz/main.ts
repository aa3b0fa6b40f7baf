/** The command behind scripts/fuzz. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import { printError } from '../cli/print-error.ts';
import { UsageError } from '../errors.ts';
import type { ThreadOptions, ThreadResult } from './fuzz-thread.ts';
import { PresentInput } from './present-input.ts';
import { findTarget, TARGETS } from './targets.ts';

interface Options {
  readonly list?: true;
  readonly seconds: string;
  readonly seed?: string;
  readonly input?: string;
  readonly out: string;
}

const STALL_MS = 20_000;
/** A decoder that needs more than this for one input could end a run. */
const MEMORY_MIB = 1024;
const PRINTED_MAX = 8000;

const program = new Command('scripts/fuzz')
  .description('Feeds mutated inputs to the decoders of untrusted bytes.')
  .argument('[targets...]', 'which (default: all)')
  .option('--list', 'list the targets without running them')
  .option('--seconds <n>', 'how long to run each target', '10')
  .option('--seed <n>', 'repeat the run that printed this seed')
  .option('--input <file>', 'feed only this input')
  .option('--out <folder>', 'folder for inputs that were handled wrongly', 'reports/fuzz')
  .parse();

try {
  await fuzz(program.args, program.opts<Options>());
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  printError(error);
  process.exitCode = 2;
}

async function fuzz(words: readonly string[], options: Options): Promise<void> {
  if (options.list) return print(TARGETS.map(({ name }) => `${name}\n`).join(''));
  const targets = words.length === 0 ? TARGETS : words.map(findTarget);
  const { input } = options;
  for (const { name, run } of targets) {
    if (input !== undefined) await run(readFileSync(input));
    else if (!(await fuzzInThread(name, options))) process.exitCode = 1;
  }
}

/** @returns Whether all inputs were handled correctly. */
async function fuzzInThread(target: string, options: Options): Promise<boolean> {
  const present = new PresentInput();
  const data: ThreadOptions = {
    target,
    memory: present.memory,
    seconds: readNumber('--seconds', options.seconds),
    ...(options.seed === undefined ? {} : { seed: readNumber('--seed', options.seed) }),
  };
  const thread = new Worker(new URL('fuzz-thread.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<ThreadResult | string>();
  thread.on('message', end);
  thread.on('error', (error) => end(String(error)));
  // It has nothing left to do, although the input is not done.
  thread.on('exit', () => end('it waits for what never happens'));
  let last = -1;
  const watch = setInterval(() => {
    if (present.count === last) end(`no end of it within ${STALL_MS} ms`);
    last = present.count;
  }, STALL_MS);
  const result = await ended;
  clearInterval(watch);
  await thread.terminate();
  if (typeof result === 'string') return report(target, present.input, result, options);
  const { inputs, seed, failure } = result;
  if (failure !== undefined) {
    return report(target, failure.input, `${failure.why}\nseed ${seed}`, options);
  }
  print(`${target}: ${inputs} inputs, all handled correctly\n`);
  return true;
}

/** Saves the input, and says how to feed it again. */
function report(target: string, input: Uint8Array, why: string, { out }: Options): false {
  mkdirSync(out, { recursive: true });
  const file = join(out, `${target}-${nameOfDigest(digestOf(input))}.bin`);
  writeFileSync(file, input);
  print(`${target}: ${why}\n  again with: scripts/fuzz ${target} --input ${file}\n`);
  // Where a machine ran this whose files are gone afterwards, its output is all that there is.
  const packed = gzipSync(input, { level: 9 }).toString('base64');
  if (packed.length <= PRINTED_MAX) print(`  which is: base64 -d <<< ${packed} | zcat\n`);
  return false;
}

function readNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new UsageError(`${option} takes a whole number, found "${text}"`, { code: 'NO_NUMBER' });
}

function print(text: string): void {
  process.stdout.write(text);
}
