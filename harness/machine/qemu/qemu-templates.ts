import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { BootSpec, SavableInstance, TemplateMachine } from '../machine.ts';
import { guestDevices, type SocketPaths } from './guest-devices.ts';
import type { QemuSettings } from './qemu-machine.ts';
import { RAM_FILE, STATE_FILE, saveState } from './saved-state.ts';
import { type StartedQemu, startQemu } from './start-qemu.ts';

/** Stand for what differs from guest to guest and does not matter. */
const SOCKETS: SocketPaths = {
  ...{ qmp: 'qmp', console: 'console', control: 'control' },
  ...{ agent: 'agent', agentStdout: 'stdout', agentStderr: 'stderr' },
};

export function qemuTemplates(settings: QemuSettings): TemplateMachine {
  return {
    async boot(spec, folder) {
      const memory = { path: join(folder, RAM_FILE), writes: 'to-file' } as const;
      return savable(settings, await startQemu(settings, spec, memory), folder);
    },
    async branch(spec, from, folder) {
      const path = join(folder, RAM_FILE);
      // A clone where the file system can; else a copy.
      await copyFile(join(from, RAM_FILE), path, constants.COPYFILE_FICLONE);
      const memory = { path, writes: 'to-file', state: join(from, STATE_FILE) } as const;
      return savable(settings, await startQemu(settings, spec, memory), folder);
    },
    async restore(spec, from) {
      const path = join(from, RAM_FILE);
      const memory = { path, writes: 'to-copy', state: join(from, STATE_FILE) } as const;
      return (await startQemu(settings, spec, memory)).instance;
    },
    identity: (spec) => identify(settings, spec),
  };
}

function savable(
  { startTimeoutMs }: QemuSettings,
  { instance, control, directory }: StartedQemu,
  folder: string,
): SavableInstance {
  const save = (): Promise<void> =>
    saveState(control, folder, directory.socketPath('state'), startTimeoutMs);
  return { ...instance, save };
}

function identify({ host, accelerator }: QemuSettings, spec: BootSpec): string {
  const neutral = { ...spec, kernel: 'kernel', initramfs: 'initramfs' };
  const memory = { path: RAM_FILE, writes: 'to-file' } as const;
  const devices = guestDevices(host, accelerator, neutral, SOCKETS, memory);
  // A guest on the host's own processor has seen what that one can do.
  const processor = accelerator === 'kvm' ? [cpus()[0]?.model] : [];
  return JSON.stringify([host.build, devices, processor]);
}
