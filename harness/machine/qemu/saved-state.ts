/**
 * Saving a guest and going on from what was saved (QEMU docs/devel/migration.rst): a migration to a
 * file. The memory stays out of it (`x-ignore-shared`): it lies in a file of its own already, and a
 * guest that is restored maps that file, so that it costs nothing before it is touched.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pTimeout from 'p-timeout';
import { InfraError } from '../../errors.ts';
import type { GuestControl } from './guest-control.ts';

/** What lies in a template's folder. */
export const RAM_FILE = 'ram';
export const STATE_FILE = 'state';

const CAPABILITIES = ['x-ignore-shared', 'events'].map((capability) => ({
  capability,
  state: true,
}));
const ENDS = ['completed', 'failed', 'cancelled'];

/**
 * Writes the state of a guest that stands still, without the memory, to the template's folder.
 * QEMU may not start programs of its own (sandbox), as saving to a file would, so it writes to a
 * socket.
 */
export async function saveState(
  control: GuestControl,
  folder: string,
  socketPath: string,
  timeoutMs: number,
): Promise<void> {
  const written = receive(socketPath, join(folder, STATE_FILE));
  await written.listening;
  await migrate(control, ['migrate', `unix:${socketPath}`], notSaved, timeoutMs);
  const message = notSaved('its state did not come to an end');
  await pTimeout(written.done, { milliseconds: timeoutMs, message });
}

/** Has a QEMU that waits for it (`-incoming defer`) take over the state at its standard input. */
export async function restoreState(control: GuestControl, timeoutMs: number): Promise<void> {
  await migrate(control, ['migrate-incoming', 'fd:0'], notRestored, timeoutMs);
}

async function migrate(
  control: GuestControl,
  [command, uri]: readonly ['migrate' | 'migrate-incoming', string],
  fault: (why: string) => InfraError,
  timeoutMs: number,
): Promise<void> {
  await control.execute('migrate-set-capabilities', { capabilities: CAPABILITIES });
  const ended = control.migrated(ENDS);
  await control.execute(command, { uri });
  const message = fault(`${timeoutMs} ms passed`);
  const status = await pTimeout(ended, { milliseconds: timeoutMs, message });
  if (status !== 'completed') throw fault(`QEMU says that it ${status}`);
}

/** One connection to a socket, into a file. */
function receive(
  socketPath: string,
  file: string,
): { readonly listening: Promise<unknown>; readonly done: Promise<void> } {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  // Whoever gives up on saving does not wait for it.
  done.catch(() => {});
  const server = createServer((socket) => {
    server.close();
    pipeline(socket, createWriteStream(file)).then(resolve, reject);
  });
  server.listen(socketPath);
  return { listening: once(server, 'listening'), done };
}

function notSaved(why: string): InfraError {
  return new InfraError(`the guest could not be saved: ${why}`, { code: 'NOT_SAVED' });
}

function notRestored(why: string): InfraError {
  return new InfraError(`the saved guest could not be restored: ${why}`, { code: 'NOT_RESTORED' });
}
