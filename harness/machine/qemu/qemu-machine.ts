import { resolve } from 'node:path';
import { InfraError } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { BootSpec, Instance, Machine } from '../machine.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../private-directory.ts';
import { qemuCommandLine } from './cmdline.ts';
import { findQemu, type QemuHost, withDeathSignal } from './find-qemu.ts';
import { type GuestControl, startGuest } from './guest-control.ts';
import { type Accelerator, guestDevices, type SocketPaths } from './guest-devices.ts';
import { listenForQemu, type Port } from './port.ts';
import { type GuestStreams, makeInstance } from './qemu-instance.ts';
import { type ProcessEnd, type QemuProcess, startProcess } from './qemu-process.ts';

export interface QemuMachineOptions {
  /** `kvm` only where `probeKvm` has seen it work. */
  readonly accelerator: Accelerator;
  /** Name or path of the emulator; by default `qemu-system-x86_64`. */
  readonly binary?: string;
  /** What `findQemu` has found, where the caller knows it. */
  readonly host?: QemuHost;
  /** Where each guest's folder for sockets is made; by default the system's temporary folder. */
  readonly temporaryDirectory?: string;
  /** For QEMU to start and connect, and for each QMP command; by default 20 s. */
  readonly startTimeoutMs?: number;
}

const START_TIMEOUT_MS = 20_000;

/** The sockets that QEMU connects to. */
type Ports = Readonly<Record<keyof GuestStreams | 'qmp', Port>>;

interface StartedGuest {
  readonly control: GuestControl;
  readonly streams: GuestStreams;
}

/**
 * Guests in QEMU. Rejects with an InfraError if there is no QEMU.
 *
 *     const machine = await createQemuMachine({ accelerator: 'tcg' });
 *     await using instance = await machine.boot(spec);
 *
 * `boot` resolves once QEMU is connected and has started the guest. Whatever fails before (no such
 * kernel file, not enough memory, a broken KVM) rejects with an InfraError: the machine could not
 * start. What comes later is the guest's life, and `exited` tells how it ended.
 */
export async function createQemuMachine(options: QemuMachineOptions): Promise<Machine> {
  const host = options.host ?? (await findQemu(options.binary));
  return { name: `qemu-${options.accelerator}`, boot: (spec) => bootQemu(host, options, spec) };
}

async function bootQemu(
  host: QemuHost,
  options: QemuMachineOptions,
  spec: BootSpec,
): Promise<Instance> {
  const { accelerator, startTimeoutMs = START_TIMEOUT_MS } = options;
  await using resources = new AsyncDisposableStack();
  const directory = resources.use(await makePrivateDirectory(options.temporaryDirectory));
  const ports = await openPorts(directory, resources);
  const agentSocket = directory.socketPath('agent');
  const commandLine = guestCommandLine(host, accelerator, spec, {
    console: ports.console.path,
    control: ports.control.path,
    agent: agentSocket,
    agentStdout: ports.agentStdout.path,
    agentStderr: ports.agentStderr.path,
    qmp: ports.qmp.path,
  });
  const process = resources.use(await startProcess(commandLine));
  const started = startInProcess(process, ports, startTimeoutMs, commandLine);
  const { control, streams } = await withDeadline(started, startTimeoutMs, () =>
    notStarted(`QEMU did not start a guest within ${startTimeoutMs} ms`, commandLine),
  );
  const facts = { agentSocket, commandLine, accelerator };
  return makeInstance(process, control, streams, facts, resources.move());
}

async function openPorts(
  directory: PrivateDirectory,
  resources: AsyncDisposableStack,
): Promise<Ports> {
  const open = async (name: string) =>
    resources.use(await listenForQemu(directory.socketPath(name)));
  return {
    console: await open('console'),
    control: await open('control'),
    agentStdout: await open('stdout'),
    agentStderr: await open('stderr'),
    qmp: await open('qmp'),
  };
}

function guestCommandLine(
  host: QemuHost,
  accelerator: Accelerator,
  spec: BootSpec,
  sockets: SocketPaths,
): string[] {
  // Whole paths, so that the command line in a report is good from any folder.
  const { initramfs } = spec;
  const absolute = {
    ...spec,
    kernel: resolve(spec.kernel),
    ...(initramfs === undefined ? {} : { initramfs: resolve(initramfs) }),
  };
  const devices = guestDevices(host, accelerator, absolute, sockets);
  const command = [host.binary, ...qemuCommandLine(devices, spec.bootParameters)];
  return host.hasDeathSignal ? withDeathSignal(command) : command;
}

/** The started guest, or an InfraError as soon as QEMU has ended without starting it. */
async function startInProcess(
  process: QemuProcess,
  ports: Ports,
  timeoutMs: number,
  commandLine: readonly string[],
): Promise<StartedGuest> {
  const ended = process.ended.then((end): never => {
    throw notStarted(describeEnd(end), commandLine, end.stderr);
  });
  const started = connectPorts(process, ports, timeoutMs).catch((error: unknown) => {
    // QEMU closes its sockets just before it ends, and its end tells more.
    if (error instanceof InfraError && error.code === 'QMP_CLOSED') return ended;
    throw error;
  });
  return Promise.race([started, ended]);
}

async function connectPorts(
  process: QemuProcess,
  ports: Ports,
  timeoutMs: number,
): Promise<StartedGuest> {
  const streams = {
    console: await ports.console.connected,
    control: await ports.control.connected,
    agentStdout: await ports.agentStdout.connected,
    agentStderr: await ports.agentStderr.connected,
  };
  const control = await startGuest(process, await ports.qmp.connected, timeoutMs);
  return { control, streams };
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
