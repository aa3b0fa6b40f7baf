/** Starts one QEMU with one guest: sockets, process, QMP, and the guest's first instruction. */

import { resolve } from 'node:path';
import pTimeout from 'p-timeout';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { type GuestStreams, openGuestPorts } from '../guest-ports.ts';
import type { Instance, VmSpec } from '../machine.ts';
import { listenOnce, type Port } from '../port.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../private-directory.ts';
import { qemuCommandLine } from './cmdline.ts';
import { controlGuest, type GuestControl } from './guest-control.ts';
import { guestDevices, type MemoryFile, type SocketPaths } from './guest-devices.ts';
import { makeInstance } from './qemu-instance.ts';
import type { ProcessEnd, QemuProcess } from './qemu-process.ts';
import type { QemuSettings } from './qemu-settings.ts';
import { restoreState, type StateSource, stateSource } from './saved-state.ts';
import { serveGdb } from './serve-gdb.ts';

/** The sockets that QEMU connects to. */
type Ports = Readonly<Record<keyof GuestStreams | 'qmp', Port>>;

export interface StartedQemu {
  readonly instance: Instance;
  readonly control: GuestControl;
  /** This guest's own folder, removed with it. */
  readonly directory: PrivateDirectory;
}

/**
 * @param placeMemory Chooses a file for the guest's memory, if it is not to be QEMU's own memory.
 * It gets the guest's folder, and a stack for what is to be disposed of at the guest's end.
 */
export async function startQemu(
  { host, accelerator, temporaryDirectory, startTimeoutMs }: QemuSettings,
  spec: VmSpec,
  placeMemory?: (
    folder: string,
    resources: AsyncDisposableStack,
  ) => MemoryFile | Promise<MemoryFile>,
): Promise<StartedQemu> {
  await using resources = new AsyncDisposableStack();
  const directory = resources.use(await makePrivateDirectory(temporaryDirectory));
  const memory = await placeMemory?.(directory.path, resources);
  const ports = await openPorts(directory, resources);
  const agentSocket = directory.socketPath('agent');
  const toolSocket = directory.socketPath('tool');
  const sockets: SocketPaths = {
    console: ports.console.path,
    control: ports.control.path,
    agent: agentSocket,
    agentStdout: ports.agentStdout.path,
    agentStderr: ports.agentStderr.path,
    tool: toolSocket,
    qmp: ports.qmp.path,
  };
  const devices = guestDevices(host, accelerator, withAbsolutePaths(spec), sockets, memory);
  const plain = [host.binary, ...qemuCommandLine(devices, spec.bootParameters)];
  const commandLine = host.starter.guarded(plain);
  const state = memory?.state === undefined ? undefined : stateSource(memory.state, host.version);
  const files = omitUndefined({ inputFile: state?.inputFile, memory: memory?.handed });
  const process = resources.use(await host.starter.start(commandLine, files));
  const connected = connect(process, ports, startTimeoutMs, state);
  const started = unlessEnded(process, connected, commandLine);
  const { control, streams } = await pTimeout(started, {
    milliseconds: startTimeoutMs,
    message: notStarted(`QEMU did not start a guest within ${startTimeoutMs} ms`, commandLine),
  });
  const executor = { accelerator, version: host.version };
  let gdbServed: Promise<string> | undefined;
  const serveDebugger = (): Promise<string> => {
    gdbServed ??= serveGdb(control, directory.socketPath('gdb'));
    return gdbServed;
  };
  const facts = { agentSocket, toolSocket, serveDebugger, commandLine, executor };
  const instance = makeInstance(process, control, streams, facts, resources.move());
  return { instance, control, directory };
}

/** So that the command line in a report works in any folder. */
function withAbsolutePaths({ kernel, initramfs, ...rest }: VmSpec): VmSpec {
  return {
    ...rest,
    kernel: resolve(kernel),
    ...(initramfs === undefined ? {} : { initramfs: resolve(initramfs) }),
  };
}

async function openPorts(
  directory: PrivateDirectory,
  resources: AsyncDisposableStack,
): Promise<Ports> {
  return {
    ...(await openGuestPorts(directory, resources)),
    qmp: resources.use(await listenOnce(directory.socketPath('qmp'))),
  };
}

interface Connected {
  readonly control: GuestControl;
  readonly streams: GuestStreams;
}

async function connect(
  process: QemuProcess,
  ports: Ports,
  timeoutMs: number,
  state: StateSource | undefined,
): Promise<Connected> {
  const streams = {
    console: await ports.console.connected,
    control: await ports.control.connected,
    agentStdout: await ports.agentStdout.connected,
    agentStderr: await ports.agentStderr.connected,
  };
  const control = await controlGuest(process, await ports.qmp.connected, timeoutMs);
  if (state !== undefined) await restoreState(control, state, timeoutMs);
  await control.execute('cont');
  return { control, streams };
}

/**
 * Waits for `started`; rejects with an InfraError as soon as QEMU ends without starting a guest.
 */
async function unlessEnded<T>(
  process: QemuProcess,
  started: Promise<T>,
  commandLine: readonly string[],
): Promise<T> {
  const ended = process.ended.then((end): never => {
    throw notStarted(describeEnd(end), commandLine, end.stderr);
  });
  const startedOrClosed = started.catch((error: unknown) => {
    // QEMU closes its sockets just before it ends, and its end says more.
    if (error instanceof InfraError && error.code === 'QMP_CLOSED') return ended;
    throw error;
  });
  return Promise.race([startedOrClosed, ended]);
}

function describeEnd(end: ProcessEnd): string {
  return end.signal === null
    ? `QEMU ended with exit code ${end.code} before the guest was started`
    : `QEMU was ended by ${end.signal} before the guest was started`;
}

function notStarted(what: string, commandLine: readonly string[], stderr = ''): InfraError {
  return new InfraError(what, {
    code: 'MACHINE_NOT_STARTED',
    output: [stderr, `Command: ${commandLine.join(' ')}`].filter(Boolean).join('\n'),
  });
}
