/** What `--shell`, `--gdb` and `--strace` add to a run of one test. */
import { UsageError } from '../../errors.ts';
import { BOOTS, isSameTest, type TestId } from '../../events.ts';
import { provideTools } from '../../guest-tools/provide-tools.ts';
import type { ToolName } from '../../guest-tools/tool-programs.ts';
import type { Cell } from '../../matrix/cell.ts';
import { type Matrix, namedValue } from '../../matrix/matrix.ts';
import type { RunLimits } from '../../matrix/scaled-limits.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { agentProgram } from '../../prepare/agent-files.ts';
import { createCellPreparer, type PrepareCell } from '../../prepare/prepare-cell.ts';
import type { TestAttendant } from '../../run/cell/attendant.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { guestBinaries, guestRoot } from '../project.ts';
import type { QuietHost } from '../run-quietly.ts';
import type { DebugOptions } from './debug-options.ts';
import { agentTarget } from './gdb/agent-target.ts';
import { debuggerLimits } from './gdb/debugger-limits.ts';
import { type GdbAttendantOptions, gdbAttendant } from './gdb/gdb-attendant.ts';
import { kernelTarget } from './gdb/kernel-target.ts';
import { SharedFolder } from './share/shared-folder.ts';
import { straceAttendant } from './strace/strace-attendant.ts';
import { shellAttendant } from './terminal/shell-attendant.ts';
import { findTerminal } from './terminal/terminal.ts';

/** The test, and the host that it runs on. */
export interface DebuggedTest {
  readonly matrix: Matrix;
  readonly cell: Cell;
  readonly test: TestId;
  readonly host: QuietHost;
}

/** How the user hears of it. */
export interface DebugOutput {
  readonly say: (sentence: string) => void;
  /** Must not be wrapped: it is copied. */
  readonly showCommand: (command: string) => void;
  readonly onSystemCall: (line: string) => void;
  /** From the first call to the second, a shell has the terminal. */
  readonly onShell: (isOpen: boolean) => void;
  /** Ends the try: the test is not to run. */
  readonly endTry: () => void;
}

export interface DebugTools {
  /**
   * The attendant of one try.
   * @param folder Of the try; it must exist when its test begins.
   */
  attend(folder: string, output: DebugOutput): TestAttendant;
  readonly adaptLimits?: (limits: RunLimits) => RunLimits;
  /** Prepares its guests, where they are to have more than others. */
  readonly prepareCell?: PrepareCell;
}

/**
 * Fetches what is put into guests. Throws a UsageError for a test that cannot be looked into this way, and an
 * InfraError if a tool cannot be had.
 */
export async function openDebugTools(
  options: DebugOptions,
  debugged: DebuggedTest,
): Promise<DebugTools> {
  check(options, debugged);
  const findTarget = options.gdb && (await targetFinder(options.gdb, debugged));
  const { shell: time } = options;
  const share = options.share === undefined ? undefined : await SharedFolder.open(options.share);
  const shell = time && {
    time,
    terminal: findTerminal('--shell'),
    tools: await provide([], debugged.host),
    ...omitUndefined({ share }),
  };
  const straceFiles = options.strace && (await provide(['strace'], debugged.host));
  return {
    ...(findTarget === undefined ? {} : { adaptLimits: debuggerLimits }),
    ...(share === undefined
      ? {}
      : { prepareCell: share.addTo(preparerOf(debugged.host), debugged.matrix) }),
    attend(folder, { say, showCommand, onSystemCall, onShell, endTry }) {
      const attendants: TestAttendant[] = [];
      if (findTarget !== undefined) {
        const own = (at: Parameters<typeof findTarget>[0]) => findTarget(at, folder);
        attendants.push(gdbAttendant({ findTarget: own, folder, say, showCommand }));
      }
      if (straceFiles !== undefined) {
        const shown = { onLine: onSystemCall, onFailure: say };
        attendants.push(straceAttendant({ tools: straceFiles, folder, ...shown }));
      }
      // The last one to hold a test: whoever debugs it has left by then.
      if (shell !== undefined)
        attendants.push(shellAttendant({ ...shell, onShell, endRun: endTry }));
      return inOrder(attendants);
    },
  };
}

type FindTarget = (
  at: Parameters<GdbAttendantOptions['findTarget']>[0],
  folder: string,
) => ReturnType<GdbAttendantOptions['findTarget']>;

async function targetFinder(
  gdb: NonNullable<DebugOptions['gdb']>,
  { matrix, cell, host }: DebuggedTest,
): Promise<FindTarget> {
  const { cacheRoot } = host;
  if (gdb === 'kernel') {
    const tools = await provide([], host);
    const kernel = matrix.kernels.get(cell.kernel);
    const image = kernel?.kind === 'path' ? kernel.image : undefined;
    const options = { tools, cacheRoot, ...omitUndefined({ image }) };
    return async (at, folder) => await kernelTarget(at, { ...options, folder });
  }
  const source = namedValue(matrix.agents, cell.agent);
  // That of a bundle lies in its initramfs.
  const isGiven = host.given !== undefined;
  const file = isGiven ? undefined : await agentProgram(source, guestBinaries.agent, cacheRoot);
  const sources = source.kind === 'reference' ? guestRoot : undefined;
  const tools = await provide(['gdbserver'], host);
  const options = { tools, ...omitUndefined({ file, sources }) };
  return async (at, folder) => await agentTarget(at, { ...options, folder });
}

function preparerOf({ prepareCell, cacheRoot }: QuietHost): PrepareCell {
  return prepareCell ?? createCellPreparer({ binaries: guestBinaries, cacheRoot });
}

function check({ gdb, strace, shell, share }: DebugOptions, { cell, test }: DebuggedTest): void {
  if (share !== undefined && shell === undefined) {
    throw new UsageError('--share: expected --shell, in which the folder is seen', {
      code: 'SHARE_WITHOUT_SHELL',
      remedy: 'add --shell, --shell=before or --shell=on-failure',
    });
  }
  if (gdb === 'agent' && strace !== undefined) {
    throw new UsageError('--gdb agent and --strace agent: a process has one tracer at a time', {
      code: 'TWO_TRACERS',
      remedy: 'use one after the other',
    });
  }
  if (shell !== undefined && (gdb === 'agent' || strace !== undefined)) {
    const other = gdb === 'agent' ? '--gdb agent' : '--strace agent';
    throw new UsageError(`--shell and ${other}: a guest runs one program of yours at a time`, {
      code: 'TWO_TOOLS',
      remedy: 'use one after the other; --shell goes with --gdb kernel',
    });
  }
  if (isSameTest(test, BOOTS)) {
    throw new UsageError(
      '--shell, --gdb and --strace: expected a test of a scenario, found: boots',
      {
        code: 'NOTHING_TO_ATTACH_TO',
        remedy: 'name a test that runs once the guest is up',
      },
    );
  }
  if (gdb === 'kernel' && cell.machineKind !== 'qemu') {
    throw new UsageError(`--gdb kernel: expected a guest in QEMU, found: ${cell.id}`, {
      code: 'NO_OWN_KERNEL',
      remedy: 'name a cell of another machine; containers run on the kernel of this host',
    });
  }
}

async function provide(names: readonly ToolName[], host: QuietHost) {
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const { cacheRoot, mirror, offline, signal } = host;
  return await provideTools(names, {
    ...{ cacheRoot, signal },
    ...omitUndefined({ mirror, offline }),
    onProgress: (progress) => fetches.onProgress({ ...progress, kernel: 'tools' }),
  });
}

/** They hold a test one after the other. */
function inOrder(attendants: readonly TestAttendant[]): TestAttendant {
  return {
    async beforeTest(at) {
      for (const attendant of attendants) await attendant.beforeTest?.(at);
    },
    async atFailure(at) {
      for (const attendant of attendants) await attendant.atFailure?.(at);
    },
  };
}
