import { getuid } from 'node:process';
import { diskFull } from '../cache/storage-error.ts';
import { InfraError } from '../errors.ts';
import { type AptFault, recogniseAptFault } from './apt-fault.ts';

/** apt could not fetch something; `fault` says why, as far as its output tells. */
export class AptError extends Error {
  readonly fault: AptFault;
  /** Its last lines. */
  readonly output: string;

  constructor(fault: AptFault, output: string, cause?: unknown) {
    super(`apt failed: ${fault}`, { cause });
    this.fault = fault;
    this.output = output;
  }
}

/** In every apt package since 2014, and not on the PATH. */
export const APT_HELPER = '/usr/lib/apt/apt-helper';

// These replace the host's own settings; its proxies and logins stay in force.
const SETTINGS: readonly string[] = [
  'Acquire::http::Timeout=30',
  'Acquire::https::Timeout=30',
  // If root runs it, apt would fetch as a user that may not write to root's cache folder.
  ...(getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
].flatMap((setting) => ['-o', setting]);

/** The largest file that apt may write. Debian's largest kernel packages have 110 MiB. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** prlimit's exit code if the program that it shall run is missing. */
const NO_PROGRAM = 127;

/**
 * Runs one of apt's programs and returns its stdout. `folder` is where it stores things, for
 * errors. Throws an AptError if it fails, an InfraError if it is missing or the disk is full.
 */
export async function runApt(
  program: string,
  args: readonly string[],
  folder: string,
  { fileBytesMax = FILE_BYTES_MAX }: { readonly fileBytesMax?: number } = {},
): Promise<string> {
  // Not needed for what was fetched before, and slow to load.
  const { ExecaError, execa } = await import('execa');
  try {
    const command = [program, ...SETTINGS, ...args];
    const { stdout } = await execa('prlimit', [`--fsize=${fileBytesMax}`, ...command], {
      env: { LC_ALL: 'C' },
      stdin: 'ignore',
      maxBuffer: 1024 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === 'ENOENT' || error.exitCode === NO_PROGRAM) throw noApt(program, error);
    const output = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim();
    const fault = recogniseAptFault(output);
    if (fault === 'disk-full') throw diskFull(folder, error, lastLines(output));
    throw new AptError(fault, lastLines(output), error);
  }
}

/** The end of what a program printed, short enough for a terminal. */
export function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-12).join('\n').slice(-2048);
}

/** What is known about a file before it is fetched. */
export interface ExpectedFile {
  /** Hexadecimal digits. */
  readonly sha256?: string;
  readonly bytes?: number;
}

/** Fetches one file, and checks it against what is known about it. Throws as runApt. */
export async function fetchWithApt(
  uri: string,
  to: string,
  { sha256, bytes }: ExpectedFile,
): Promise<void> {
  const checks = [
    ...(sha256 === undefined ? [] : [`SHA256:${sha256}`]),
    // More than that is not even fetched.
    ...(sha256 === undefined || bytes === undefined ? [] : [`Checksum-FileSize:${bytes}`]),
  ];
  await runApt(APT_HELPER, ['download-file', uri, to, ...checks], to);
}

function noApt(program: string, cause: unknown): InfraError {
  return new InfraError(`${program} not found: Debian's packages are fetched with apt`, {
    code: 'NO_APT',
    remedy: "use a host with apt (Debian, Ubuntu), or kernels of kind 'path'",
    cause,
  });
}
