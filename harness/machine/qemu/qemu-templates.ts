import { cpus } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import type { BootSpec, SavableInstance, TemplateMachine } from '../machine.ts';
import { guestDevices, type MemoryFile, type SocketPaths } from './guest-devices.ts';
import type { QemuSettings } from './qemu-settings.ts';
import { RAM_FILE, STATE_FILE, saveState } from './saved-state.ts';
import { type StartedQemu, startQemu } from './start-qemu.ts';

/** Stand for what differs from guest to guest and does not matter. */
const SOCKETS: SocketPaths = {
  ...{ qmp: 'qmp', console: 'console', control: 'control' },
  ...{ agent: 'agent', agentStdout: 'stdout', agentStderr: 'stderr' },
};

export function qemuTemplates(settings: QemuSettings): TemplateMachine {
  return {
    boot: async (spec) =>
      savable(settings, await startQemu(settings, spec, ({ path }) => memoryIn(path))),
    branch: async (spec, template) =>
      savable(
        settings,
        await startQemu(settings, spec, async ({ path }) => {
          await copySparse(join(template, RAM_FILE), join(path, RAM_FILE));
          return { ...memoryIn(path), state: join(template, STATE_FILE) };
        }),
      ),
    restore: async (spec, template) => {
      const memory = { path: join(template, RAM_FILE), writes: 'to-copy' } as const;
      const from = () => ({ ...memory, state: join(template, STATE_FILE) });
      return (await startQemu(settings, spec, from)).instance;
    },
    identity: (spec) => identify(settings, spec),
  };
}

function memoryIn(folder: string): MemoryFile {
  return { path: join(folder, RAM_FILE), writes: 'to-file' };
}

function savable(
  { startTimeoutMs }: QemuSettings,
  { instance, control, directory }: StartedQemu,
): SavableInstance {
  return {
    ...instance,
    async pause() {
      await control.execute('stop');
    },
    async save(folder) {
      await saveState(control, folder, directory.socketPath('state'), startTimeoutMs);
      await copySparse(join(directory.path, RAM_FILE), join(folder, RAM_FILE));
    },
    async resume() {
      await control.execute('cont');
    },
  };
}

/** With cp(1), which clones where the file system can and keeps holes; Node's copyFile fills them. */
async function copySparse(from: string, to: string): Promise<void> {
  const { failed, stderr } = await execa('cp', [from, to], { reject: false, stdin: 'ignore' });
  if (!failed) return;
  throw new InfraError(`a guest's memory could not be copied to ${to}`, {
    code: 'NOT_SAVED',
    remedy: 'see that the disk has room',
    output: stderr,
  });
}

function identify({ host, accelerator }: QemuSettings, spec: BootSpec): string {
  const neutral = { ...spec, kernel: 'kernel', initramfs: 'initramfs' };
  const memory = { path: RAM_FILE, writes: 'to-file' } as const;
  const devices = guestDevices(host, accelerator, neutral, SOCKETS, memory);
  // A guest on the host's own processor has seen what that one can do.
  const processor = accelerator === 'kvm' ? [cpus()[0]?.model] : [];
  return JSON.stringify([host.build, devices, processor]);
}
