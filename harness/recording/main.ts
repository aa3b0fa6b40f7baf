/** Behind scripts/record-console: records the consoles in harness/verdict/testdata. */
import { existsSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { cacheRoot } from '../cache/cache-root.ts';
import { createFetchLog } from '../cli/fetch-display.ts';
import { loadMatrix } from '../cli/load-matrix.ts';
import { printError } from '../cli/print-error.ts';
import { InfraError, UsageError } from '../errors.ts';
import { resolveKernel } from '../kernels/resolve-kernel.ts';
import { PROVOCATIONS } from './provocations.ts';
import { recordConsole } from './record.ts';

const folder = new URL('../verdict/testdata/console/', import.meta.url);
/** How Debian's kernels name themselves, in their first line and in every report. */
const DEBIAN_VERSION = / Debian (\d+\.\d+\.\d+)-/;

const program = new Command('scripts/record-console')
  .description('Boots a kernel, provokes it, and records its console.')
  .argument('[provocations...]', `${Object.keys(PROVOCATIONS).join(', ')}; default: all`)
  .option('--kernel <name>', 'a kernel of matrix.yaml', 'debian-6.12')
  .option('--again', 'also record what has been recorded already')
  .parse();

const { kernel, again } = program.opts<{ kernel: string; again?: boolean }>();

try {
  const source = loadMatrix('matrix.yaml').kernels.get(kernel);
  if (source === undefined) {
    throw new UsageError(`there is no kernel ${kernel} in matrix.yaml`, { code: 'UNKNOWN_KERNEL' });
  }
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const { image, release } = await resolveKernel(kernel, source, {
    cacheRoot: cacheRoot(process.env),
    onProgress: createFetchLog(report).onProgress,
  });
  if (image === undefined) {
    throw new UsageError(`${kernel} is the kernel of this host, which is not booted`, {
      code: 'UNKNOWN_KERNEL',
    });
  }
  const series = release.split('.').slice(0, 2).join('.');
  const names = program.args.length === 0 ? Object.keys(PROVOCATIONS) : program.args;
  for (const name of names) {
    const provocation = PROVOCATIONS[name];
    if (provocation === undefined) {
      throw new UsageError(`there is no provocation ${name}`, { code: 'UNKNOWN_PROVOCATION' });
    }
    const file = new URL(`${name}-${series}.txt`, folder);
    if (existsSync(file) && again !== true) continue;
    const bytes = await recordConsole(image, provocation);
    const version = DEBIAN_VERSION.exec(bytes.toString('latin1'))?.[1] ?? series;
    const about = `about: ${version}, ${provocation.about}\n\n`;
    writeFileSync(file, Buffer.concat([Buffer.from(about), bytes]));
    report(`${name}-${series}: ${bytes.length} bytes`);
  }
  report('next: npx mocha harness/verdict/golden.test.ts --update, and review the diff');
} catch (error) {
  if (!(error instanceof InfraError || error instanceof UsageError)) throw error;
  printError(error);
  process.exitCode = error instanceof UsageError ? 2 : 69;
}
