import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InfraError, UsageError } from '../errors.ts';
import { ELF_X86_64, ElfFault, isElf, parseElf } from '../kernels/elf.ts';
import type { AgentSource } from '../matrix/matrix.ts';
import type { CpioEntry } from './newc.ts';
import { findSharedFiles } from './shared-libraries.ts';

/** How init starts the agent in the guest. */
export interface AgentLaunch {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the unix socket that the agent listens on. */
  readonly socket: string;
}

export interface AgentFiles {
  readonly entries: readonly CpioEntry[];
  readonly launch: AgentLaunch;
}

const PROGRAM = '/kmx/agent/agent';
const SOCKET = '/run/agent.sock';
// kata-agent src/agent/src/config.rs
const ADDRESS = 'KATA_AGENT_SERVER_ADDR';

/**
 * The agent under test and everything it needs to start in a guest. Throws a UsageError if the
 * user's agent cannot run there.
 * @param reference Path of our own agent.
 */
export async function prepareAgent(source: AgentSource, reference: string): Promise<AgentFiles> {
  switch (source.kind) {
    case 'reference':
      return {
        entries: [program(await readGuestBinary(reference))],
        launch: launch([`--guard=${source.guard}`], {}),
      };
    case 'kata': {
      if (source.environment[ADDRESS] !== undefined) throw addressGiven();
      return {
        entries: await readAgent(resolve(source.path)),
        launch: launch(source.arguments, source.environment),
      };
    }
  }
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

function program(content: Buffer): CpioEntry {
  return { kind: 'file', path: PROGRAM, mode: 0o755, content };
}

function launch(
  options: readonly string[],
  environment: Readonly<Record<string, string>>,
): AgentLaunch {
  return {
    argv: [PROGRAM, ...options],
    environment: { ...environment, [ADDRESS]: `unix://${SOCKET}` },
    socket: SOCKET,
  };
}

async function readAgent(path: string): Promise<CpioEntry[]> {
  const content = await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: the agent cannot be read: ${(cause as Error).message}`, {
      code: 'NO_AGENT',
      remedy: 'give the path of a kata-agent binary',
      cause,
    });
  });
  if (!isElf(content)) throw notAnAgent(path, describe(content));
  try {
    const elf = parseElf(content);
    if (elf.machine !== ELF_X86_64) throw notAnAgent(path, 'a program for another machine');
    const shared = await findSharedFiles(path, elf);
    return [
      program(content),
      ...shared.map(
        (file): CpioEntry => ({
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
