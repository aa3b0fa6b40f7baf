import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { caseMatrixText } from './case-matrix.ts';
import type { Judgement } from './judge-guest-case.ts';
import type { CommandCase } from './selftest-case.ts';
import { available, type SelftestHost } from './selftest-host.ts';

export interface CommandCaseOptions {
  readonly host: SelftestHost;
  readonly saboteur: string;
  readonly cacheRoot: string;
  /** The case's own folder; created here. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
/** Too small for what goes there, but large enough to begin with. */
const SMALL_DISK = '16k';
/** Big enough for the logs of the first guests. */
const FILLING_DISK = '120k';
const TIMEOUT_MS = 120_000;

/** Runs `kmx run` on the broken host and judges its exit code and output. */
export async function runCommandCase(
  { brokenHost, expected }: CommandCase,
  options: CommandCaseOptions,
): Promise<Judgement> {
  const { folder, host, saboteur } = options;
  const file = join(folder, 'matrix.yaml');
  const small = join(folder, 'small-disk');
  await mkdir(small, { recursive: true });
  await writeFile(file, caseMatrixText({}, available(host.vms).kernel, saboteur));
  const isFilling = brokenHost === 'filling-reports';
  const isSmall = isFilling || brokenHost === 'full-reports';
  const reports = isSmall ? small : join(folder, 'reports');
  const filter = isFilling ? ':limit' : ':quota';
  const words = [MAIN, 'run', '--no-cache', '--matrix', file, '--out', reports, '--only', filter];
  const kmx = [process.execPath, '--disable-warning=ExperimentalWarning', ...words];
  const [program = '', ...parameters] =
    brokenHost === 'no-qemu' ? kmx : onSmallDisk(small, isFilling ? FILLING_DISK : SMALL_DISK, kmx);
  const { exitCode, all } = await execa(program, parameters, {
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    cancelSignal: options.signal,
    env: {
      CI: 'true',
      // What is missing stays so.
      KMX_SETUP: '',
      KMX_CACHE: brokenHost === 'full-cache' ? small : options.cacheRoot,
      ...(brokenHost === 'no-qemu' ? { KMX_QEMU: join(folder, 'qemu-system-x86_64') } : {}),
    },
  });
  await writeFile(join(folder, 'output.txt'), all);
  return judgeCommand(expected, exitCode, all);
}

/** Pure. */
export function judgeCommand(
  expected: CommandCase['expected'],
  exitCode: number | undefined,
  output: string,
): Judgement {
  const problems: string[] = [];
  if (exitCode !== expected.exitCode) {
    problems.push(`expected exit code ${expected.exitCode}, found ${exitCode}`);
  }
  if (!expected.output.test(output)) problems.push(`the output does not say ${expected.output}`);
  if (/\n {4}at /.test(output)) problems.push('the output contains a stack trace');
  return { got: `exit code ${exitCode}: ${firstLine(output)}`, problems };
}

/** Runs the command in a mount namespace with a small disk at the path. */
function onSmallDisk(path: string, size: string, command: readonly string[]): readonly string[] {
  const script = `mount -t tmpfs -o size=${size} tmpfs "$1" && shift && exec "$@"`;
  return [...PRIVATE_MOUNTS, 'sh', '-c', script, 'sh', path, ...command];
}

const PRIVATE_MOUNTS = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['-r'])];

/** Whether this host allows a small disk to be mounted. */
export async function canMount(): Promise<boolean> {
  const [program = '', ...parameters] = onSmallDisk('/mnt', SMALL_DISK, ['true']);
  const { exitCode } = await execa(program, parameters, { reject: false, stdin: 'ignore' });
  return exitCode === 0;
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.startsWith('kmx:')) ?? text.split('\n', 1)[0] ?? '';
}
