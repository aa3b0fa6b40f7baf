/** A container engine of one's own (scripts/engine), which is ended in the middle of a run. */
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { caseMatrixText } from './case-matrix.ts';
import { findEngineTraces } from './engine-traces.ts';
import type { Judgement } from './judge-guest-case.ts';
import { type CommandCaseOptions, judgeCommand } from './run-command-case.ts';
import type { EngineCase } from './selftest-case.ts';
import { available } from './selftest-host.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../scripts/engine', import.meta.url));
const LOOK_AGAIN_MS = 50;
const TIMEOUT_MS = 180_000;

/** Whatever ends the case, its engine is stopped. */
export async function runEngineCase(
  item: EngineCase,
  options: CommandCaseOptions,
): Promise<Judgement> {
  await mkdir(options.folder, { recursive: true });
  // The path of its socket must be short.
  const engine = await mkdtemp(join(tmpdir(), 'kmx-engine-'));
  try {
    await execa(SCRIPT, ['start', engine]);
    return await haltDuringRun(item, options, engine);
  } finally {
    await execa(SCRIPT, ['stop', engine], { env: { KMX_ENGINE_LOGS: options.folder } });
  }
}

async function haltDuringRun(
  { expected }: EngineCase,
  options: CommandCaseOptions,
  engine: string,
): Promise<Judgement> {
  const { folder, signal } = options;
  const reports = join(folder, 'reports');
  const env = {
    CI: 'true',
    KMX_CACHE: options.cacheRoot,
    DOCKER_HOST: `unix://${engine}/docker.sock`,
  };
  const running = execa(process.execPath, await kmxWords(options, reports), {
    ...{
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: TIMEOUT_MS,
      cancelSignal: signal,
      env,
    },
  });
  const hasBegun = await waitForTest(reports, running);
  await execa(SCRIPT, ['halt', engine]);
  const { exitCode, all } = await running;
  await writeFile(join(folder, 'output.txt'), all);
  await execa(SCRIPT, ['resume', engine]);
  const judgement = judgeCommand(expected, exitCode, all);
  const problems = [
    ...judgement.problems,
    ...(hasBegun ? [] : ['the run ended before its first test']),
    ...(await findEngineTraces(engine)),
  ];
  return { ...judgement, problems, hasBooted: hasBegun };
}

async function kmxWords(
  { folder, host, saboteur }: CommandCaseOptions,
  reports: string,
): Promise<readonly string[]> {
  const file = join(folder, 'matrix.yaml');
  await writeFile(
    file,
    caseMatrixText({ machine: 'container' }, available(host.containers), saboteur),
  );
  const kmx = ['--disable-warning=ExperimentalWarning', MAIN, 'run'];
  // Tests that take seconds.
  return [...kmx, '--no-cache', '--matrix', file, '--out', reports, '--only', ':quota'];
}

/** Whether a test other than `boots` has begun before the run ended. */
async function waitForTest(reports: string, running: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  void running.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const events = await readEvents(reports);
    if (/"type":"test-begin".*\.spec\.ts/.test(events)) return true;
    await sleep(LOOK_AGAIN_MS);
  }
  return false;
}

async function readEvents(reports: string): Promise<string> {
  const names = await readdir(reports).catch(() => []);
  const texts = names.map((name) => readFile(join(reports, name, 'events.jsonl'), 'utf8'));
  return (await Promise.allSettled(texts))
    .map((text) => (text.status === 'fulfilled' ? text.value : ''))
    .join('');
}
