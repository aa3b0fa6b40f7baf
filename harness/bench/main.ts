/** The benchmark behind scripts/bench. Figures of one run are compared as ratios of medians: hosts are noisy. */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { Command } from 'commander';
import { cacheRoot } from '../cache/cache-root.ts';
import { printError } from '../cli/print-error.ts';
import { InfraError, UsageError } from '../errors.ts';
import { renderTable } from '../reporters/table.ts';
import { measureBoot } from './boot.ts';
import type { Figure } from './figure.ts';
import { measureProfile } from './profile.ts';
import { measureScale } from './scale.ts';
import { measureStartup } from './startup.ts';
import { measureTriage } from './triage.ts';

const program = new Command('scripts/bench')
  .description('Measures kmx on this host.')
  .option('--rounds <n>', 'how often each boot is measured', '5')
  .option('--kernel <name>', 'the kernel of matrix.yaml to boot', 'debian-6.12')
  .option('--boot', 'only the boots, not the whole quick profile')
  .option('--triage', 'only how fast consoles are read; boots nothing')
  .option('--startup', 'only how long our own code takes to start; boots nothing')
  .option('--scale', 'only plans and reports of 1,000 to 100,000 cells; boots nothing')
  .option('--json <file>', 'where the figures go', 'reports/bench.json')
  .parse();

const options = program.opts<{
  rounds: string;
  kernel: string;
  boot?: boolean;
  triage?: boolean;
  startup?: boolean;
  scale?: boolean;
  json: string;
}>();

try {
  const figures = await measureAskedFor();
  const host = { cpu: cpus()[0]?.model ?? '', cpus: availableParallelism(), node: process.version };
  const rows = figures.map(({ name, value, unit, note = '' }) => [name, `${value} ${unit}`, note]);
  process.stdout.write(`${renderTable(rows).join('\n')}\n`);
  writeFileSync(
    options.json,
    `${JSON.stringify({ time: new Date(), host, figures }, undefined, 2)}\n`,
  );
} catch (error) {
  if (!(error instanceof InfraError || error instanceof UsageError)) throw error;
  printError(error);
  process.exitCode = 69;
}

async function measureAskedFor(): Promise<Figure[]> {
  if (options.triage === true) return measureTriage();
  if (options.startup === true) return await measureStartup();
  if (options.scale === true) return await measureScale();
  return await measureGuests();
}

async function measureGuests(): Promise<Figure[]> {
  const boots = await measureBoot({
    cacheRoot: cacheRoot(process.env),
    kernel: options.kernel,
    rounds: Number(options.rounds),
  });
  if (options.boot === true) return boots;
  return [...boots, ...measureTriage(), ...(await measureStartup()), ...(await measureProfile())];
}
