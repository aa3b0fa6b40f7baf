/** Behind scripts/bench. Hosts are noisy, so only ratios of medians within one run are compared. */
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { cacheRoot } from '../cache/cache-root.ts';
import { printError } from '../cli/print-error.ts';
import { InfraError, UsageError } from '../errors.ts';
import { renderTable } from '../reporters/table.ts';
import { describeBench, readRecord, type SectionRecord } from './bench-record.ts';
import { renderMarkdown, renderSection } from './render.ts';
import type { BenchContext, Section } from './section.ts';
import { SECTIONS } from './sections.ts';

interface Options {
  readonly list?: true;
  readonly rounds: string;
  readonly kernel: string;
  readonly peer?: 'virtme-ng';
  readonly vng: string;
  readonly json: string;
  readonly compare?: string;
  readonly markdown?: true;
}

const program = new Command('scripts/bench')
  .description('Measures kmx on this host.')
  .argument('[sections...]', 'what to measure (default: all that --list does not mark)')
  .option('--list', 'list the sections without measuring them')
  .option('--rounds <n>', 'how often to measure what is reported as a median', '5')
  .option('--kernel <name>', 'the kernel of matrix.yaml to boot', 'debian-6.12')
  .addOption(new Option('--peer <name>', 'same as the section "peer"').choices(['virtme-ng']))
  .option('--vng <command>', 'virtme-ng’s command, for the section "peer"', 'vng')
  .option('--json <file>', 'where to write the figures', 'reports/bench.json')
  .option('--compare <file>', 'also print the ratio of each figure to that in an older file')
  .option(
    '--markdown',
    'print the figures in the --json file for docs/speed.md, and measure nothing',
  )
  .parse();

try {
  await bench(program.args, program.opts<Options>());
} catch (error) {
  if (!(error instanceof InfraError || error instanceof UsageError)) throw error;
  printError(error);
  process.exitCode = error instanceof UsageError ? 2 : 69;
}

async function bench(names: readonly string[], options: Options): Promise<void> {
  if (options.list) return print(`${renderTable(SECTIONS.map(describe)).join('\n')}\n`);
  if (options.markdown) return print(renderMarkdown(readRecord(options.json)));
  const older = options.compare === undefined ? undefined : readRecord(options.compare);
  const context: BenchContext = {
    cacheRoot: cacheRoot(process.env),
    kernel: options.kernel,
    rounds: readRounds(options.rounds),
    vng: options.vng,
  };
  const wanted = choose(options.peer === undefined ? names : [...names, 'peer']);
  const head = await describeBench();
  const sections: SectionRecord[] = [];
  for (const section of wanted) {
    const measured = await measure(section, context);
    print(renderSection(measured, older));
    sections.push(measured);
    writeFileSync(options.json, `${JSON.stringify({ ...head, sections }, undefined, 2)}\n`);
  }
}

function describe({ name, measures, isOnDemand }: Section): string[] {
  return [name, measures, isOnDemand ? '(only if named)' : ''];
}

function choose(names: readonly string[]): readonly Section[] {
  if (names.length === 0) return SECTIONS.filter(({ isOnDemand }) => !isOnDemand);
  const unknown = names.find((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown !== undefined) {
    const remedy = `sections: ${SECTIONS.map(({ name }) => name).join(', ')}`;
    throw new UsageError(`there is no section ${unknown}`, { code: 'UNKNOWN_SECTION', remedy });
  }
  return SECTIONS.filter(({ name }) => names.includes(name));
}

function readRounds(asked: string): number {
  if (/^[1-9]\d{0,2}$/.test(asked)) return Number(asked);
  throw new UsageError(`--rounds: expected a whole number from 1 to 999, found ${asked}`, {
    code: 'BAD_ROUNDS',
  });
}

/** What this host cannot measure becomes a line of the table; the other sections continue. */
async function measure(section: Section, context: BenchContext): Promise<SectionRecord> {
  const { name, measures } = section;
  try {
    return { name, measures, figures: await section.measure(context) };
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    printError(error);
    const remedy = error.remedy === undefined ? '' : `: ${error.remedy}`;
    return { name, measures, figures: [], missing: `${error.message}${remedy}` };
  }
}

function print(text: string): void {
  process.stdout.write(text);
}
