/** Behind scripts/ci/run-steps. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { printError } from '../../cli/print-error.ts';
import { UsageError } from '../../errors.ts';
import { runJob } from './run-job.ts';
import { readJob } from './workflow.ts';

interface Options {
  readonly folder: string;
  readonly set: readonly string[];
}

const program = new Command('scripts/ci/run-steps')
  .description('Runs the steps of a job on this host, as GitHub would; other actions are left out.')
  .argument('<workflow>', 'such as .github/workflows/nightly.yml')
  .argument('<job>', 'its name in the workflow')
  .option('--folder <folder>', 'where to run them', '.')
  .option(
    '--set <values...>',
    'what expressions are to find: inputs.profile=quick steps.cache.outputs.cache-hit=true',
    [],
  )
  .parse();

try {
  const [workflow = '', job = ''] = program.args;
  const { folder, set } = program.opts<Options>();
  const results = await runJob(readJob(workflow, job), {
    folder: resolve(folder),
    environment: process.env as Record<string, string>,
    contexts: parseContexts(set),
    say: (line) => void process.stdout.write(`${line}\n`),
  });
  const failed = results.filter(({ outcome }) => outcome === 'failure');
  if (failed.length > 0) process.exitCode = EXIT_CODES.bad;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  printError(error);
  process.exitCode = EXIT_CODES.usage;
}

/** `a.b=c` and `a.d=e` to `{a: {b: c, d: e}}`. */
function parseContexts(values: readonly string[]): Record<string, unknown> {
  const contexts: Record<string, unknown> = {};
  for (const value of values) {
    const [path = '', text] = [value.split('=', 1)[0], value.slice(value.indexOf('=') + 1)];
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = contexts;
    for (const name of names) {
      at[name] ??= {};
      at = at[name] as Record<string, unknown>;
    }
    at[last] = text;
  }
  return contexts;
}
