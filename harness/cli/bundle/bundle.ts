/** `kmx bundle`: runs a failed test once more, and writes all that it takes to see it again to one file. */
import { basename } from 'node:path';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { UsageError } from '../../errors.ts';
import { now } from '../../events.ts';
import type { Expectation } from '../../expectations/expectation.ts';
import { createJudge } from '../../expectations/judge.ts';
import { nameTest } from '../../expectations/test-pattern.ts';
import { makePrivateDirectory } from '../../machine/private-directory.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { BUNDLE_SUFFIX } from '../../reproduce/forms.ts';
import { judgeTry, summarize } from '../../reproduce/judge.ts';
import { parseReference } from '../../reproduce/reference.ts';
import { quoteWord } from '../../shell-command.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { commandLine } from '../command-line.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { formatBytes } from '../format-bytes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { loadExpectations } from '../load-expectations.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import { type FindOptions, type FoundOriginal, findOriginal } from '../reproduce/find-original.ts';
import { isRunName } from '../reproduce/past-failures.ts';
import { makeBundle } from './make-bundle.ts';
import { type RecordedTest, type RecordHost, recordTest } from './record-test.ts';

export interface BundleOptions extends FindOptions {
  readonly output: string;
  /** Commander's name for the absence of --no-agent. */
  readonly agent: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
}

export async function bundle(words: readonly string[], options: BundleOptions): Promise<number> {
  checkOutput(options.output);
  const reference = parseReference(words, { isRun: (word) => isRunName(options.out, word) });
  if (reference.kind === 'bundle') throw isBundleAlready(reference.file);
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  const findQemu = lookForQemu(process.env);
  const found = await findOriginal(reference, options);
  const { buildIn, isLocked } = found;
  if (buildIn === 'container') (await import('../build-in-container.ts')).buildInContainer();
  await using held = new AsyncDisposableStack();
  held.use(await useCache(root));
  using interrupts = listenForInterrupts({ first: 'kmx: stopping' });
  const { signal } = interrupts;
  const { mirror, offline } = options;
  const host = {
    cacheRoot: root,
    findQemu,
    signal,
    ...omitUndefined({ mirror, offline, isLocked }),
  };
  try {
    const code = await record(found, options, host);
    await held.disposeAsync();
    await boundCache(root, cacheMax);
    return code;
  } catch (error) {
    if (signal.aborted) return EXIT_CODES.interrupted;
    throw error;
  }
}

async function record(
  found: FoundOriginal,
  options: BundleOptions,
  host: RecordHost,
): Promise<number> {
  const { matrix, cell, original } = found;
  const { test } = original;
  const { output: to, agent: hasAgent } = options;
  process.stderr.write(`${cell.id} ${nameTest(test)}\nruns once, in a guest that boots for it\n`);
  await using folder = await makePrivateDirectory();
  const recorded = await recordTest({ matrix, cell, test, folder: folder.path }, host);
  const summary = summarize(original, [judgeTry(original, recorded.result)]);
  process.stdout.write(`${summary.line}\n`);
  if (summary.outcome !== 'reproduced') {
    process.stderr.write(`kmx: ${to} was not written: it would not show what it is for\n`);
    return EXIT_CODES.bad;
  }
  const written = await makeBundle(recorded, {
    ...{ test, hasAgent, to, limits: matrix.limits, cacheRoot: host.cacheRoot },
    expectation: expectationOf(found, recorded, options),
  });
  const { folder: name, bytes, digest } = written;
  const file = quoteWord(to);
  const agent = hasAgent ? '' : ' --agent FILE';
  const again = commandLine(['reproduce', to], process.env);
  process.stdout.write(`
${to}  ${formatBytes(bytes)}  ${digest}
  with kmx     ${again}${agent}
  without it   tar --zstd -xf ${file} && ${quoteWord(`./${name}/run.sh`)}${agent}
`);
  return EXIT_CODES.good;
}

function expectationOf(
  { matrix, cell, original: { test } }: FoundOriginal,
  { prepared, result }: RecordedTest,
  options: BundleOptions,
): Expectation | undefined {
  const { expectations } = loadExpectations(matrix, options.expectations);
  const judge = createJudge({ expectations, today: now() });
  const { release } = prepared.kernel;
  const { line } = judge({ cell, release, test, ...result });
  return expectations.find((one) => one.line === line);
}

function checkOutput(output: string): void {
  if (basename(output).endsWith(BUNDLE_SUFFIX)) return;
  throw new UsageError(`--output: expected a name that ends in ${BUNDLE_SUFFIX}; found ${output}`, {
    code: 'BUNDLE_NAME',
    remedy: `kmx reproduce knows bundles by it: -o ${output.replace(/(\.kmx|\.tar|\.zst)*$/, BUNDLE_SUFFIX)}`,
  });
}

function isBundleAlready(file: string): UsageError {
  return new UsageError(`${file} is a bundle already`, {
    code: 'BUNDLE_OF_BUNDLE',
    remedy: 'copy the file, or name the test that it is of',
  });
}
