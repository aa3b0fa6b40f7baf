import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { QemuProcess } from './qemu-process.ts';
import { connectQmp, type QmpClient } from './qmp.ts';

/**
 * Run states (QEMU qapi/run-state.json) in which QEMU has stopped the guest because it cannot
 * continue. QEMU then waits for ever, which would look like a guest that hangs.
 */
const BROKEN_STATES: readonly string[] = ['internal-error', 'io-error'];

const statusSchema = z.object({ status: z.string() });

/** Control of a running guest, and what QEMU reports about it. */
export interface GuestControl {
  /** Resolves when QEMU has closed its QMP socket. Never rejects. */
  readonly closed: Promise<GuestEnd>;
  readonly execute: QmpClient['execute'];
  /**
   * The state in the first MIGRATION event that has one of these (QEMU qapi/migration.json);
   * `ended` if QEMU ends first.
   */
  migrated(states: readonly string[]): Promise<string>;
}

/** How a guest ended, as QEMU reports it. */
export interface GuestEnd {
  /**
   * `guest-panic` if the guest's kernel reported a panic, else the reason of the first SHUTDOWN
   * event, or the run state in which QEMU stopped the guest.
   */
  readonly reason?: string;
  /** True if we killed QEMU because it had stopped the guest for good. */
  readonly isBroken: boolean;
  /** Why the QMP connection ended early. */
  readonly fault?: InfraError;
}

/** Connects to a QEMU that waits for `cont` (`-S`), and follows what becomes of its guest. */
export async function controlGuest(
  process: QemuProcess,
  stream: Duplex,
  timeoutMs: number,
): Promise<GuestControl> {
  let reason: string | undefined;
  let isBroken = false;
  let onMigration: (status: string) => void = () => {};
  const qmp = await connectQmp(stream, {
    timeoutMs,
    onEvent({ event, data }) {
      // Comes before the reset that ends the panic, and says more.
      if (event === 'GUEST_PANICKED') reason ??= 'guest-panic';
      if (event === 'SHUTDOWN') reason ??= String(data.reason);
      if (event === 'STOP') void endIfBroken();
      if (event === 'MIGRATION') onMigration(String(data.status));
    },
  });

  async function endIfBroken(): Promise<void> {
    const status = await readStatus();
    if (status === undefined || !BROKEN_STATES.includes(status)) return;
    reason ??= status;
    isBroken = true;
    await process.kill();
  }

  async function readStatus(): Promise<string | undefined> {
    try {
      return statusSchema.parse(await qmp.execute('query-status')).status;
    } catch (error) {
      // QEMU has ended, which `closed` reports, or it does not answer, and the caller's timeout
      // ends the wait.
      if (error instanceof InfraError) return undefined;
      throw error;
    }
  }

  const closed = qmp.closed.then(
    (fault): GuestEnd => ({
      ...omitUndefined({ reason }),
      isBroken,
      ...omitUndefined({ fault }),
    }),
  );
  return {
    closed,
    execute: qmp.execute,
    migrated(states) {
      const { promise, resolve } = Promise.withResolvers<string>();
      onMigration = (status) => {
        if (states.includes(status)) resolve(status);
      };
      void closed.then(() => resolve('ended'));
      return promise;
    },
  };
}
