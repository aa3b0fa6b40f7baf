import { join } from 'node:path';
import { gatherBundle } from '../../bundle/gather-bundle.ts';
import { createHider } from '../../bundle/hide-host.ts';
import { readScenario } from '../../bundle/scenario-sources.ts';
import { type WrittenBundle, writeBundle } from '../../bundle/write-bundle.ts';
import { BOOTS, type TestId } from '../../events.ts';
import type { Expectation } from '../../expectations/expectation.ts';
import type { Limits } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { TestReport } from '../../report/schema.ts';
import { titleOf } from '../../reproduce/original.ts';
import { replayProgram, scenarioRoot } from '../project.ts';
import { readVersion } from '../version.ts';
import { hostWords } from './host-words.ts';
import type { RecordedTest } from './record-test.ts';

export interface BundleOptions {
  readonly test: TestId;
  readonly expectation?: Expectation | undefined;
  /** Those of the matrix. */
  readonly limits: Limits;
  readonly hasAgent: boolean;
  readonly cacheRoot: string;
  /** The file. */
  readonly to: string;
}

/** Writes what was recorded. Throws an InfraError if the disk is full, a UsageError if it is too large. */
export async function makeBundle(
  recorded: RecordedTest,
  options: BundleOptions,
): Promise<WrittenBundle> {
  const { test, expectation, limits, hasAgent, cacheRoot, to } = options;
  const { prepared, result, calls, command, machine, logs, code } = recorded;
  const hide = createHider(hostWords(prepared.boot, command, cacheRoot));
  const { folder, description, members } = await gatherBundle({
    kmx: readVersion(),
    node: process.version,
    ...{ code, test, expectation, prepared, limits, calls, hasAgent, hide, replayProgram },
    outcome: outcomeOf(result),
    machine: { ...machine, command: [...command] },
    ...omitUndefined({ scenario: await scenarioOf(test) }),
    evidence: new Map([
      ...logs,
      ['calls.jsonl', Buffer.from(calls.map((call) => `${JSON.stringify(call)}\n`).join(''))],
      ['result.json', Buffer.from(`${JSON.stringify(result, null, 2)}\n`)],
    ]),
  });
  return await writeBundle(to, folder, description, members);
}

function outcomeOf(result: TestReport) {
  const { verdict, signature } = result;
  return { verdict, ...omitUndefined({ signature, why: titleOf(result) }) };
}

async function scenarioOf({ file }: TestId) {
  if (file === BOOTS.file) return undefined;
  return { spec: file, sources: await readScenario(scenarioRoot, join(scenarioRoot, file)) };
}
