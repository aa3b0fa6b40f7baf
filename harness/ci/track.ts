/** Behind scripts/ci/tracking-issue. Talks to GitHub through `gh` alone, which has the token. */
import { Command } from 'commander';
import { execa } from 'execa';
import { z } from 'zod';
import { commandLine } from '../cli/command-line.ts';
import { EXIT_CODES } from '../cli/exit-codes.ts';
import { printError } from '../cli/print-error.ts';
import { InfraError, UsageError } from '../errors.ts';
import { describeNight } from './night.ts';
import { readReport } from './read-report.ts';
import { type GhCall, type OpenIssue, planCalls } from './tracking-issue.ts';

interface Options {
  readonly label: string;
  readonly night: string;
  readonly dryRun?: true;
}

const issuesSchema = z.array(z.object({ number: z.int(), body: z.string() }));

const program = new Command('scripts/ci/tracking-issue')
  .description('Opens, updates or closes the one issue about nights that were not as expected.')
  .argument('<report>', 'report.json of the night; a night without one is a bad one')
  .requiredOption('--night <url>', 'where the log and the artifacts of the night are')
  .option('--label <name>', 'by which the issue is found again', 'kmx-nightly')
  .option('--dry-run', 'print what would be done, as JSON lines')
  .parse();

try {
  await track(program.args[0] ?? '', program.opts<Options>());
} catch (error) {
  if (!(error instanceof UsageError || error instanceof InfraError)) throw error;
  printError(error);
  process.exitCode = error instanceof UsageError ? EXIT_CODES.usage : EXIT_CODES.unmeasured;
}

async function track(file: string, { label, night: url, dryRun }: Options): Promise<void> {
  const night = checkUrl(url);
  const links = { night, label, commandLine: (words: readonly string[]) => commandLine(words, {}) };
  const state = describeNight(readReport(file));
  const calls = planCalls(state, await listOpen(label), links);
  if (calls.length === 0) process.stdout.write(`nothing to do: ${state.headline}\n`);
  for (const call of calls) {
    if (dryRun === true) process.stdout.write(`${JSON.stringify(call)}\n`);
    else {
      const answer = await callGh(call);
      process.stdout.write(`${call.what}${answer === '' ? '' : `: ${answer}`}\n`);
    }
  }
}

/** In Markdown, others could end the link. */
function checkUrl(url: string): string {
  if (/^https?:\/\/[\w.~:/?#@!$&'*+,;=%-]+$/.test(url)) return url;
  throw new UsageError(`--night: expected a URL, found ${JSON.stringify(url)}`, {
    code: 'BAD_URL',
    remedy: 'give the address of the job, like https://github.com/OWNER/NAME/actions/runs/1',
  });
}

async function listOpen(label: string): Promise<readonly OpenIssue[]> {
  const filter = ['--label', label, '--state', 'open', '--limit', '100'];
  const text = await callGh({
    words: ['issue', 'list', ...filter, '--json', 'number,body'],
    what: 'looked for the issue',
  });
  return issuesSchema.parse(JSON.parse(text));
}

/** What gh printed. Throws an InfraError if it failed. */
async function callGh({ words, input = '', what }: GhCall): Promise<string> {
  const { failed, code, stdout, stderr } = await execa('gh', words, { input, reject: false });
  if (!failed) return stdout;
  const isMissing = code === 'ENOENT';
  throw new InfraError(
    isMissing ? 'gh is not installed' : `gh ${words.slice(0, 2).join(' ')} failed`,
    {
      code: 'GH_FAILED',
      output: stderr ?? '',
      remedy: isMissing
        ? 'install the GitHub CLI'
        : `check that GH_TOKEN may write issues, and that the repository has them; not done: ${what}`,
    },
  );
}
