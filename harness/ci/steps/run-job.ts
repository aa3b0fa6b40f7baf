/**
 * Runs the `run` steps of a job as GitHub's runner does with bash. What other actions do (`uses`) is up to
 * the caller: it is GitHub's, and needs GitHub.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { createCommandFile } from './command-file.ts';
import { type Contexts, interpolate, isTrue, type StepState } from './expression.ts';
import type { Job, Step } from './workflow.ts';

export interface JobOptions {
  /** The workspace: a clone. */
  readonly folder: string;
  /** What steps inherit, `HOME` and `PATH` among it; GitHub's own variables are added. */
  readonly environment: Readonly<Record<string, string>>;
  /** `inputs`, `needs`, `vars`, `github` …, and `steps`: outputs of what is not run here. */
  readonly contexts: Contexts;
  readonly say: (line: string) => void;
}

export interface StepResult {
  readonly name: string;
  readonly outcome: 'success' | 'failure' | 'skipped' | 'not run here';
  readonly outputs: Readonly<Record<string, string>>;
}

interface State {
  readonly env: Record<string, string>;
  readonly steps: Record<string, unknown>;
  state: StepState;
}

export async function runJob(job: Job, options: JobOptions): Promise<readonly StepResult[]> {
  const temporary = await mkdtemp(join(tmpdir(), 'kmx-steps-'));
  const { steps: given = {} } = options.contexts as { readonly steps?: Record<string, unknown> };
  const state: State = { env: {}, steps: { ...given }, state: 'success' };
  for (const env of job.env) Object.assign(state.env, interpolated(env, options, state));
  const results: StepResult[] = [];
  try {
    for (const step of job.steps) results.push(await runStep(step, temporary, options, state));
  } finally {
    await rm(temporary, { recursive: true });
  }
  return results;
}

async function runStep(
  step: Step,
  temporary: string,
  options: JobOptions,
  state: State,
): Promise<StepResult> {
  const name = step.name ?? step.uses ?? step.run?.split('\n', 1)[0] ?? '';
  const contexts = contextsOf(options, state);
  const env = interpolated(step.env, options, state);
  if (!isTrue(step.if ?? 'success()', contexts, state.state)) {
    options.say(`== ${name}: skipped`);
    return { name, outcome: 'skipped', outputs: {} };
  }
  if (step.run === undefined) {
    options.say(`== ${name}: not run here`);
    return { name, outcome: 'not run here', outputs: {} };
  }
  options.say(`== ${name}`);
  const script = interpolate(step.run, contexts, state.state);
  const ran = await runScript(script, temporary, { ...state.env, ...env }, options);
  Object.assign(state.env, ran.env);
  const outcome = ran.code === 0 ? 'success' : 'failure';
  if (outcome === 'failure' && !step['continue-on-error']) state.state = 'failure';
  if (step.id !== undefined) state.steps[step.id] = { outcome, outputs: ran.outputs };
  options.say(`== ${name}: ${outcome} (${ran.code}) in ${Math.round(ran.durationMs / 1000)} s`);
  return { name, outcome, outputs: ran.outputs };
}

function contextsOf({ contexts }: JobOptions, { env, steps }: State): Contexts {
  return { github: {}, inputs: {}, needs: {}, vars: {}, ...contexts, env, steps };
}

function interpolated(
  env: Readonly<Record<string, string>>,
  options: JobOptions,
  state: State,
): Record<string, string> {
  const contexts = contextsOf(options, state);
  const values = Object.entries(env).map(([name, value]) => {
    return [name, interpolate(value, contexts, state.state)];
  });
  return Object.fromEntries(values);
}

/** With the options that GitHub gives to bash where a workflow asks for it. */
async function runScript(
  script: string,
  temporary: string,
  env: Readonly<Record<string, string>>,
  { folder, environment, say }: JobOptions,
) {
  const file = join(temporary, 'step.sh');
  await writeFile(file, script);
  const [output, variables, summary] = [1, 2, 3].map(() => createCommandFile(temporary));
  const running = execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd: folder,
    extendEnv: false,
    env: {
      ...environment,
      ...env,
      ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder, RUNNER_TEMP: temporary },
      GITHUB_OUTPUT: output?.path,
      GITHUB_ENV: variables?.path,
      GITHUB_STEP_SUMMARY: summary?.path,
    },
    all: true,
    buffer: false,
    reject: false,
    stdin: 'ignore',
  });
  for await (const line of running.iterable({ from: 'all' })) say(`  ${line}`);
  const { exitCode, durationMs } = await running;
  return {
    code: exitCode ?? 1,
    durationMs,
    outputs: output?.read() ?? {},
    env: variables?.read() ?? {},
  };
}
