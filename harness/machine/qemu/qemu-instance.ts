import { omitUndefined } from '../../omit-undefined.ts';
import type { GuestStreams } from '../guest-ports.ts';
import type { Instance, MachineExit } from '../machine.ts';
import { waitUntilRead } from '../wait-until-read.ts';
import type { GuestControl } from './guest-control.ts';
import type { QemuProcess } from './qemu-process.ts';

/** A started guest as an Instance, which takes ownership of `resources`. */
export function makeInstance(
  process: QemuProcess,
  control: GuestControl,
  streams: GuestStreams,
  facts: Pick<
    Instance,
    'agentSocket' | 'toolSocket' | 'serveDebugger' | 'commandLine' | 'executor'
  >,
  resources: AsyncDisposableStack,
): Instance {
  return {
    ...facts,
    ...streams,
    pid: process.pid,
    exited: waitForExit(process, control, streams),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function waitForExit(
  process: QemuProcess,
  control: GuestControl,
  streams: GuestStreams,
): Promise<MachineExit> {
  const end = await process.ended;
  const { reason, isBroken, fault } = await control.closed;
  await Promise.all(Object.values(streams).map(waitUntilRead));
  return {
    code: end.code,
    signal: end.signal,
    ...omitUndefined({ reason }),
    requested: end.isKilled && !isBroken,
    stderr: [end.stderr, fault?.message].filter(Boolean).join('\n'),
  };
}
