import type { QemuHost } from './find-qemu.ts';
import type { Accelerator } from './guest-devices.ts';

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

/** What every guest of one machine has in common. */
export interface QemuSettings extends QemuMachineOptions {
  readonly host: QemuHost;
  readonly startTimeoutMs: number;
}
