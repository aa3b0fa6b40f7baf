import { SHARE_TAG, type VmSpec } from '../machine.ts';
import * as devices from './devices.ts';
import type { QemuHost } from './find-qemu.ts';
import { keepsFlags } from './flags-fault.ts';
import type { OpenFile } from './handed-files.ts';

export type Accelerator = 'tcg' | 'kvm';

/** The unix socket behind each port of a guest; docs/guest-protocol.md says what they carry. */
export interface SocketPaths {
  readonly qmp: string;
  readonly console: string;
  readonly control: string;
  readonly agent: string;
  readonly agentStdout: string;
  readonly agentStderr: string;
  readonly tool: string;
}

/** The file that holds the memory of a guest that is to be saved, or was. */
export interface MemoryFile {
  readonly path: string;
  /** An open file of ours that QEMU gets; then the path is that of what it gets. */
  readonly handed?: OpenFile;
  readonly writes: devices.MemoryWrites;
  /** The file with the rest of a saved guest, which then continues instead of booting. */
  readonly state?: string;
}

/** Everything a guest consists of. */
export function guestDevices(
  host: Pick<QemuHost, 'hasSandbox' | 'version'>,
  accelerator: Accelerator,
  spec: VmSpec,
  sockets: SocketPaths,
  memoryFile?: MemoryFile,
): devices.Device[] {
  return [
    devices.bareMachine(),
    ...(host.hasSandbox ? [devices.sandbox()] : []),
    accelerator === 'kvm'
      ? devices.hostProcessors(spec.cpus)
      : devices.emulatedProcessors(spec.cpus, keepsFlags(host.version)),
    memoryFile === undefined
      ? devices.memory(spec.memoryMib)
      : devices.fileMemory(spec.memoryMib, memoryFile.path, memoryFile.writes),
    ...(memoryFile?.state === undefined ? [] : [devices.incomingState()]),
    devices.qmpMonitor(sockets.qmp),
    devices.waitForContinue(),
    devices.exitOnPanic(),
    devices.panicWitness(),
    devices.serialConsole(sockets.console),
    devices.portBus(5),
    devices.guestPort('kmx.control', sockets.control),
    devices.servedPort('kmx.agent', sockets.agent),
    devices.guestPort('kmx.agent.stdout', sockets.agentStdout),
    devices.guestPort('kmx.agent.stderr', sockets.agentStderr),
    devices.servedPort('kmx.tool', sockets.tool),
    ...(spec.share === undefined ? [] : [devices.sharedFolder(spec.share, SHARE_TAG)]),
    devices.kernel(spec.kernel),
    ...(spec.initramfs === undefined ? [] : [devices.initramfs(spec.initramfs)]),
  ];
}
