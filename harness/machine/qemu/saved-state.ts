/**
 * Saving a guest is a migration to a file, restoring it a migration from there (QEMU
 * docs/devel/migration.rst). The memory is left out (`x-ignore-shared`): it is in a file of its own
 * already, which a restored guest maps, so that a page costs nothing until it is touched.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pTimeout from 'p-timeout';
import { InfraError } from '../../errors.ts';
import type { GuestControl } from './guest-control.ts';
import { migratesFromFiles } from './newer-files.ts';

/** The files in a template's folder. */
export const RAM_FILE = 'ram';
export const STATE_FILE = 'state';

const CAPABILITIES = ['x-ignore-shared', 'events'].map((capability) => ({
  capability,
  state: true,
}));
const ENDS = ['completed', 'failed', 'cancelled'];

/**
 * Writes the state of a paused guest, without its memory, to the template's folder. QEMU's way of
 * saving to a file would start a program, which the sandbox forbids; so it writes to a socket.
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
  const message = notSaved('its state was not written in time');
  await pTimeout(written.done, { milliseconds: timeoutMs, message });
}

/** Where a QEMU finds the state of a saved guest. */
export interface StateSource {
  /** As QMP names it. */
  readonly uri: string;
  /** The file that has to be its standard input. */
  readonly inputFile?: string;
}

/** @param version Of the QEMU that is to read it. */
export function stateSource(path: string, version: string): StateSource {
  return migratesFromFiles(version) ? { uri: `file:${path}` } : { uri: 'fd:0', inputFile: path };
}

/** Has QEMU, started with `-incoming defer`, load the state. */
export async function restoreState(
  control: GuestControl,
  { uri }: StateSource,
  timeoutMs: number,
): Promise<void> {
  await migrate(control, ['migrate-incoming', uri], notRestored, timeoutMs);
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
  const message = fault(`it took longer than ${timeoutMs} ms`);
  const status = await pTimeout(ended, { milliseconds: timeoutMs, message });
  if (status !== 'completed') throw fault(`QEMU reports: migration ${status}`);
}

/** Writes what comes over one connection to a socket into a file. */
function receive(
  socketPath: string,
  file: string,
): { readonly listening: Promise<unknown>; readonly done: Promise<void> } {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  // A caller that gives up on saving does not await it.
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
