import { cpus } from 'node:os';
import { join } from 'node:path';
import { omitUndefined } from '../../omit-undefined.ts';
import type { SavableInstance, TemplateMachine, VmSpec } from '../machine.ts';
import { guestDevices, type SocketPaths } from './guest-devices.ts';
import { HANDED_OVER } from './handed-files.ts';
import { mapsReadOnlyFiles } from './newer-files.ts';
import type { QemuSettings } from './qemu-settings.ts';
import { makeSavableMemory, type SavableMemory } from './savable-memory.ts';
import { RAM_FILE, STATE_FILE, saveState } from './saved-state.ts';
import { type StartedQemu, startQemu } from './start-qemu.ts';

const MIB = 1024 * 1024;

/** Placeholders for what differs from guest to guest and does not matter. */
const SOCKETS: SocketPaths = {
  ...{ qmp: 'qmp', console: 'console', control: 'control' },
  ...{ agent: 'agent', agentStdout: 'stdout', agentStderr: 'stderr', tool: 'tool' },
};

export function qemuTemplates(settings: QemuSettings): TemplateMachine {
  return {
    boot: (spec) => startSavable(settings, spec),
    branch: (spec, template) => startSavable(settings, spec, template),
    restore: async (spec, template) => {
      const path = join(template, RAM_FILE);
      const isReadOnly = mapsReadOnlyFiles(settings.host.version);
      const writes = isReadOnly ? 'to-copy-of-read-only' : 'to-copy';
      const from = () => ({ path, writes, state: join(template, STATE_FILE) }) as const;
      return (await startQemu(settings, spec, from)).instance;
    },
    identity: (spec) => identify(settings, spec),
  };
}

async function startSavable(
  settings: QemuSettings,
  spec: VmSpec,
  template?: string,
): Promise<SavableInstance> {
  const bytes = spec.memoryMib * MIB;
  const { memoryFolder } = settings.host.starter;
  let memory: SavableMemory | undefined;
  const started = await startQemu(settings, spec, async (folder, resources) => {
    memory = resources.use(
      await makeSavableMemory(folder, bytes, omitUndefined({ template, memoryFolder })),
    );
    const state = template === undefined ? {} : { state: join(template, STATE_FILE) };
    return { path: HANDED_OVER, handed: memory, writes: 'to-file', ...state };
  });
  if (memory === undefined) throw new Error('Expected QEMU to be started with a memory file');
  return savable(settings, started, memory);
}

function savable(
  { startTimeoutMs }: QemuSettings,
  { instance, control, directory }: StartedQemu,
  memory: SavableMemory,
): SavableInstance {
  return {
    ...instance,
    async pause() {
      await control.execute('stop');
    },
    async save(folder) {
      await saveState(control, folder, directory.socketPath('state'), startTimeoutMs);
      await memory.copyTo(join(folder, RAM_FILE));
    },
    async resume() {
      await control.execute('cont');
    },
  };
}

function identify({ host, accelerator }: QemuSettings, spec: VmSpec): string {
  const neutral = { ...spec, kernel: 'kernel', initramfs: 'initramfs' };
  const memory = { path: RAM_FILE, writes: 'to-file' } as const;
  const devices = guestDevices(host, accelerator, neutral, SOCKETS, memory);
  // A guest on KVM has adapted to the features of the host's own processor.
  const processor = accelerator === 'kvm' ? [cpus()[0]?.model] : [];
  return JSON.stringify([host.build, devices, processor]);
}
