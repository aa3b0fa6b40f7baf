import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileEntry } from '../../../file-entry.ts';
import { programScript } from '../../../gdb/gdb-script.ts';
import { BUSYBOX } from '../../../guest-tools/tool-layout.ts';
import { parseElf, readSection } from '../../../kernels/elf.ts';
import { readDynamicParts } from '../../../kernels/elf-dynamic.ts';
import { startTool } from '../../../live-guest/guest-tool.ts';
import { installTools } from '../../../live-guest/install-tools.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import { AGENT_PROGRAM } from '../../../prepare/agent-files.ts';
import type { AttendedTest } from '../../../run/cell/attendant.ts';
import { openAgentStub } from './agent-stub.ts';
import type { GdbTarget } from './gdb-attendant.ts';

export interface AgentTargetOptions {
  /** What `provideTools` has returned for gdbserver. */
  readonly tools: readonly FileEntry[];
  /** The agent's program on this host, the same as in the guest; absent: it is copied out of the guest. */
  readonly file?: string;
  /** An existing folder for that. */
  readonly folder: string;
  /** The folder that its sources' names are relative to. */
  readonly sources?: string;
}

/**
 * A panicking Rust program calls this once it has printed its message (library/std/src/panicking.rs); its
 * name is mangled since Rust 1.87.
 */
const PANIC_SYMBOL = /\0(rust_panic|_R[A-Za-z0-9_]*\d+rust_panic)\0/;

/**
 * The agent of a guest, stopped where it panics if it is a Rust program with symbols. Rejects with a
 * GuestError or ChannelFault if the guest does not answer or has no room for gdbserver.
 */
export async function agentTarget(
  { guest }: AttendedTest,
  options: AgentTargetOptions,
): Promise<GdbTarget> {
  const { tools, sources } = options;
  await installTools(guest, tools);
  const file = options.file ?? (await copyAgent(guest, options.folder));
  const elf = parseElf(await readFile(file));
  const panicSymbol = findPanicSymbol(readSection(elf, '.strtab'));
  const hasLibraries = readDynamicParts(elf).interpreter !== undefined;
  const hasLines = readSection(elf, '.debug_line') !== undefined;
  return {
    name: 'agent',
    openStub: () => openAgentStub(guest),
    script: (socket) =>
      programScript({
        ...{ socket, file, hasLibraries },
        ...omitUndefined({ sources, panicSymbol }),
      }),
    notes: [
      panicSymbol === undefined
        ? 'the agent has no symbols: gdb does not stop where it panics, but where it aborts'
        : 'gdb will stop where the agent panics, in the frame of its own code',
      ...(hasLines ? [] : ['the agent has no debugging information: frames have no lines']),
    ],
  };
}

function findPanicSymbol(names: Buffer | undefined): string | undefined {
  return names === undefined ? undefined : PANIC_SYMBOL.exec(names.toString('latin1'))?.[1];
}

async function copyAgent(guest: LiveGuest, folder: string): Promise<string> {
  const file = join(folder, `agent-${guest.number}`);
  await using tool = await startTool(guest, { argv: [BUSYBOX, 'cat', AGENT_PROGRAM] });
  await pipeline(tool.output, createWriteStream(file));
  return file;
}
