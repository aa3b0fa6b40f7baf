/** `kmx bisect config`: which symbols of a configuration make a test fail. */
import { join, resolve } from 'node:path';
import { describeCulprits, describeEffort } from '../../bisect/describe-culprits.ts';
import type { AskedConfigs } from '../../bisect/search-state.ts';
import { cacheRoot } from '../../cache/cache-root.ts';
import { UsageError } from '../../errors.ts';
import { namedValue } from '../../matrix/matrix.ts';
import { findNeeds } from '../../needs/predict.ts';
import { suspectsOf } from '../../needs/suspects.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { loadNeeds } from '../load-needs.ts';
import { shownFolder } from '../shown-folder.ts';
import { createRunId } from '../wanted-run.ts';
import { askedRepeats, isAnyFailureBad, refuseWithResume } from './asked-options.ts';
import { findConfigCulprits } from './find-config-culprits.ts';
import { measuredTestsIn } from './measured-tests.ts';
import { type OpenedSearch, openSearch, type SearchOptions, searchFolder } from './open-search.ts';
import { proveCulprits } from './proofs.ts';
import { untilInterrupted } from './until-interrupted.ts';

export interface BisectConfigOptions extends SearchOptions {
  readonly good?: string;
  readonly bad?: string;
  readonly test?: readonly string[];
  readonly tree?: string;
  readonly signature?: string;
  readonly expect?: 'fail';
  readonly passes?: number;
  readonly repeat?: number;
}

/** Exit code 1 if the proofs do not hold. */
export async function bisectConfig(options: BisectConfigOptions): Promise<number> {
  const { resume, good, bad, test, tree, signature, expect, passes, repeat, buildIn } = options;
  if (resume !== undefined) {
    refuseWithResume({ good, bad, test, tree, signature, expect, passes, repeat });
  }
  const begin =
    resume === undefined ? { asked: askedOf(options), ...omitUndefined({ signature }) } : {};
  const cacheMax = readCacheMax(process.env);
  const folder = searchFolder(options, `bisect-${createRunId()}`);
  return await untilInterrupted(['bisect', 'config'], { folder, buildIn }, async (signal) => {
    await using held = new AsyncDisposableStack();
    const search = await openSearch({ kind: 'bisect', folder, options, signal, held, ...begin });
    const code = await bisect(search, signal);
    await boundCache(cacheRoot(process.env), cacheMax);
    return code;
  });
}

async function bisect(search: OpenedSearch, signal: AbortSignal): Promise<number> {
  const { from, to, bench, journal, measurer } = search;
  print(`steps are kept in ${shownFolder(journal.folder)}`);
  const ends = {
    good: { label: from.label, completed: await bench.completeEnd(from) },
    bad: { label: to.label, completed: await bench.completeEnd(to) },
  };
  const found = await findConfigCulprits({
    ...{ ...ends, bench, journal, measurer, print, signal },
    ...omitUndefined({ builds: search.builds }),
    suspects: async (bad) => findSuspects(search, join(journal.folder, bad.folder)),
  });
  print('proofs: good, bad, good with the culprits, bad without them');
  const proofs = await proveCulprits(
    search,
    { good: ends.good.completed, bad: ends.bad.completed },
    found,
  );
  const { changes } = found.changes;
  const lines = [
    ...describeCulprits(found, changes),
    ...proofs.lines,
    describeEffort(found.measured, changes.size),
  ];
  for (const line of ['', ...lines]) print(line);
  return proofs.areBoth ? EXIT_CODES.good : EXIT_CODES.bad;
}

/** @param folder Of the step at the bad end; to minimise, of the one that passes. */
export function findSuspects({ matrix, place }: OpenedSearch, folder: string): readonly string[] {
  const { features, agents } = loadNeeds({ matrix: matrix.file });
  const source = namedValue(matrix.agents, place.agent);
  const agent = findNeeds(agents, { name: place.agent, ...source });
  const { cgroup } = place;
  const suspects = measuredTestsIn(folder).flatMap((test) =>
    suspectsOf({ cgroup, test, ...omitUndefined({ agent }) }, features),
  );
  return [...new Set(suspects)];
}

function askedOf(options: BisectConfigOptions): AskedConfigs {
  const { matrix, good, bad, test, tree } = options;
  const expectFail = isAnyFailureBad(options);
  if (good === undefined || bad === undefined || test === undefined) {
    throw new UsageError('bisect config: expected --good, --bad and --test', {
      code: 'BISECT_INCOMPLETE',
      remedy:
        'such as --good source-6.12+v1-on --bad source-6.12+v1-off --test v1 unguarded ":CPU quota"',
    });
  }
  return {
    ...{ matrix: resolve(matrix), from: good, to: bad, test: [...test], expectFail },
    ...askedRepeats(options),
    ...omitUndefined({ tree }),
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
