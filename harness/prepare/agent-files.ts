import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InfraError, UsageError } from '../errors.ts';
import type { FileEntry } from '../file-entry.ts';
import { ELF_LIBRARY, ELF_PROGRAM, ELF_X86_64, ElfFault, isElf, parseElf } from '../kernels/elf.ts';
import { readRegularFile } from '../kernels/read-regular-file.ts';
import type { AgentSource } from '../matrix/matrix.ts';
import { unpackAgent } from './kata/unpack-agent.ts';
import { findSharedFiles } from './shared-libraries.ts';

/** How init starts the agent in the guest. */
export interface AgentLaunch {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the unix socket that the agent listens on. */
  readonly socket: string;
}

export interface AgentFiles {
  readonly entries: readonly FileEntry[];
  readonly launch: AgentLaunch;
}

/** Where an agent's program is in the guest. */
export const AGENT_PROGRAM = '/kmx/agent/agent';
const SOCKET = '/run/agent.sock';
// kata-agent src/agent/src/config.rs
const ADDRESS = 'KATA_AGENT_SERVER_ADDR';

/**
 * The agent under test and everything it needs to start in a guest. Throws a UsageError if the
 * user's agent cannot run there.
 * @param reference Path of our own agent.
 * @param cacheRoot Where agents out of archives are kept.
 */
export async function prepareAgent(
  source: AgentSource,
  reference: string,
  cacheRoot: string,
): Promise<AgentFiles> {
  switch (source.kind) {
    case 'reference':
      return {
        entries: [program(await readGuestBinary(reference))],
        launch: launch([`--guard=${source.guard}`], {}),
      };
    case 'kata': {
      if (source.environment[ADDRESS] !== undefined) throw addressGiven();
      return {
        entries: await readAgent(await agentPath(source, cacheRoot), source.libraryPath),
        launch: launch(source.arguments, source.environment),
      };
    }
  }
}

/** The file of this host that an agent's program is. Throws like `prepareAgent`. */
export async function agentProgram(
  source: AgentSource,
  reference: string,
  cacheRoot: string,
): Promise<string> {
  return source.kind === 'reference' ? reference : await agentPath(source, cacheRoot);
}

function agentPath(
  { path, archived }: Extract<AgentSource, { kind: 'kata' }>,
  cacheRoot: string,
): string | Promise<string> {
  return archived === undefined ? resolve(path) : unpackAgent(path, archived, cacheRoot);
}

/** One of our own guest programs. Throws an InfraError if it was not built. */
export async function readGuestBinary(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new InfraError(`${path}: the guest programs are not built`, {
      code: 'NO_GUEST_BINARY',
      remedy: 'scripts/setup',
      cause,
    });
  }
}

function program(content: Buffer): FileEntry {
  return { kind: 'file', path: AGENT_PROGRAM, mode: 0o755, content };
}

function launch(
  options: readonly string[],
  environment: Readonly<Record<string, string>>,
): AgentLaunch {
  return {
    argv: [AGENT_PROGRAM, ...options],
    environment: { ...environment, [ADDRESS]: `unix://${SOCKET}` },
    socket: SOCKET,
  };
}

/** A debug build of kata-agent has 150 MiB. */
const AGENT_BYTES_MAX = 384 * 1024 * 1024;

async function readAgent(path: string, libraryPath: readonly string[]): Promise<FileEntry[]> {
  const content = await readRegularFile(path, { bytesMax: AGENT_BYTES_MAX }).catch(
    (cause: unknown) => {
      const found = (cause as Error).message;
      throw new UsageError(`${path}: the agent cannot be read: ${found}`, {
        code: 'NO_AGENT',
        remedy: 'give the path of a kata-agent binary',
        cause,
      });
    },
  );
  if (!isElf(content)) throw notAnAgent(path, describe(content));
  try {
    const elf = parseElf(content);
    if (elf.machine !== ELF_X86_64) throw notAnAgent(path, 'a program for another machine');
    if (elf.type !== ELF_PROGRAM && elf.type !== ELF_LIBRARY) {
      throw notAnAgent(path, 'an ELF file that is no program');
    }
    await checkFolders(libraryPath);
    const shared = await findSharedFiles({ path, elf, libraryPath });
    return [
      program(content),
      ...shared.map(
        (file): FileEntry => ({
          kind: 'file',
          path: file.path,
          mode: 0o755,
          content: file.content,
        }),
      ),
    ];
  } catch (error) {
    if (error instanceof ElfFault) throw notAnAgent(path, error.message);
    throw error;
  }
}

async function checkFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const isFolder = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) continue;
    throw new UsageError(`library_path of the agent: ${folder} is not a folder`, {
      code: 'NO_LIBRARY_PATH',
      remedy: 'name folders of this host that have libraries of the agent',
    });
  }
}

function describe(content: Buffer): string {
  if (content.length === 0) return 'an empty file';
  if (content.toString('latin1', 0, 2) === '#!') return 'a script';
  return `a file that starts with the bytes ${content.toString('hex', 0, 8)}`;
}

function notAnAgent(path: string, found: string): UsageError {
  return new UsageError(`${path}: expected an agent, an ELF program for x86_64, found ${found}`, {
    code: 'NOT_AN_AGENT',
    remedy: 'give the kata-agent binary itself, built for x86_64',
  });
}

function addressGiven(): UsageError {
  return new UsageError(`environment of the agent: ${ADDRESS} is set by kmx`, {
    code: 'AGENT_ADDRESS',
    remedy: `remove ${ADDRESS}: kmx always uses the same unix socket`,
  });
}
