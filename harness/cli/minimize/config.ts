/** `kmx minimize config`: what a kernel must have for a test to pass. */
import { join, resolve } from 'node:path';
import { writeFragment } from '../../bisect/fragment.ts';
import type { AskedConfigs } from '../../bisect/search-state.ts';
import { cacheRoot } from '../../cache/cache-root.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { UsageError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import { replaceFile } from '../../reporters/replace-file.ts';
import { askedRepeats, refuseWithResume } from '../bisect/asked-options.ts';
import { findSuspects } from '../bisect/config.ts';
import {
  MINIMAL,
  type OpenedSearch,
  openSearch,
  type SearchOptions,
  searchFolder,
} from '../bisect/open-search.ts';
import { untilInterrupted } from '../bisect/until-interrupted.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { shownFolder } from '../shown-folder.ts';
import { createRunId } from '../wanted-run.ts';
import { type FoundNeeds, findNeeded } from './find-needed.ts';

export interface MinimizeConfigOptions extends SearchOptions {
  readonly kernel?: string;
  readonly test?: readonly string[];
  readonly tree?: string;
  readonly output?: string;
  readonly passes?: number;
  readonly repeat?: number;
}

export async function minimizeConfig(options: MinimizeConfigOptions): Promise<number> {
  const { resume, kernel, test, tree, passes, repeat, buildIn } = options;
  if (resume !== undefined) refuseWithResume({ kernel, test, tree, passes, repeat });
  const begin = resume === undefined ? { asked: askedOf(options) } : {};
  const cacheMax = readCacheMax(process.env);
  const folder = searchFolder(options, `minimize-${createRunId()}`);
  return await untilInterrupted(['minimize', 'config'], { folder, buildIn }, async (signal) => {
    await using held = new AsyncDisposableStack();
    const search = await openSearch({ kind: 'minimize', folder, options, signal, held, ...begin });
    await minimize(search, options.output ?? join(folder, 'needed.config'), signal);
    await boundCache(cacheRoot(process.env), cacheMax);
    return EXIT_CODES.good;
  });
}

async function minimize(search: OpenedSearch, output: string, signal: AbortSignal): Promise<void> {
  const { from, to, bench, journal, measurer } = search;
  print(`steps are kept in ${shownFolder(journal.folder)}`);
  const found = await findNeeded({
    ...{ bench, journal, measurer, print, signal },
    ...omitUndefined({ builds: search.builds }),
    minimal: { label: from.label, completed: await bench.completeEnd(from) },
    passing: { label: to.label, completed: await bench.completeEnd(to) },
    suspects: async (passed) => findSuspects(search, join(journal.folder, passed.folder)),
  });
  const { needed, changes, measured } = found;
  const all = count(changes.changes.size, 'symbol');
  if (needed === undefined) {
    print('the test passes with the minimal base alone: nothing else is needed');
    return;
  }
  writeOutput(output, writeFragment(needed, factsOf(search, found)));
  print(
    `${count(needed.changes.size, 'symbol')} of ${all} needed, ${count(measured, 'kernel')} measured: ${shownFolder(output)}`,
  );
}

function factsOf({ asked, journal, place }: OpenedSearch, { changes }: FoundNeeds) {
  const { config, cgroup, agent } = place;
  return {
    header: [
      'What a kernel must have beyond the base "minimal" of kmx, so that this test passes:',
      `  ${place.testFilter ?? 'all tests'} (config ${config}, cgroup ${cgroup}, agent ${agent})`,
      `Found from ${asked.to} by kmx minimize config. Above each symbol: what the test did without it.`,
    ],
    changes: changes.changes,
    reasonOf: ({ key }: { readonly key: string }) => journal.find(key)?.why ?? 'does not pass',
  };
}

function writeOutput(output: string, text: string): void {
  try {
    replaceFile(output, [text]);
  } catch (error) {
    throw asStorageError(error, output);
  }
}

function askedOf(options: MinimizeConfigOptions): AskedConfigs {
  const { matrix, kernel, test, tree } = options;
  if (kernel === undefined || test === undefined) {
    throw new UsageError('minimize config: expected --kernel and --test', {
      code: 'MINIMIZE_INCOMPLETE',
      remedy: 'such as --kernel source-6.12+v1-on --test v1 unguarded ":CPU quota"',
    });
  }
  return {
    ...{ matrix: resolve(matrix), from: MINIMAL, to: kernel, test: [...test] },
    ...{ expectFail: true, ...askedRepeats(options) },
    ...omitUndefined({ tree }),
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
