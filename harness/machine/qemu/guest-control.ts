import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { QemuProcess } from './qemu-process.ts';
import { connectQmp, type QmpClient } from './qmp.ts';

/**
 * Run states (QEMU qapi/run-state.json) in which QEMU itself stopped the guest because it cannot go
 * on. QEMU then waits for ever, which would look like a guest that hangs.
 */
const BROKEN_STATES: readonly string[] = ['internal-error', 'io-error'];

const statusSchema = z.object({ status: z.string() });

/** QEMU's word on a guest, and ours to it. */
export interface GuestControl {
  /** Settles when QEMU has closed its QMP socket. */
  readonly closed: Promise<GuestWord>;
  readonly execute: QmpClient['execute'];
  /**
   * The first MIGRATION event of one of these states (QEMU qapi/migration.json); `ended` if QEMU
   * has no more to say.
   */
  migrated(states: readonly string[]): Promise<string>;
}

/** QEMU's word on how a guest ended. */
export interface GuestWord {
  /**
   * `guest-panic` if the guest's kernel said so, else the reason of the first SHUTDOWN event, or the
   * run state in which QEMU stopped the guest.
   */
  readonly reason?: string;
  /** True if QEMU was killed here because it had stopped the guest for good. */
  readonly isBroken: boolean;
  /** Why QMP ended early. */
  readonly fault?: InfraError;
}

/** Listens to what becomes of the guest of a QEMU that waits for `cont` (`-S`). */
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
      // Comes before the reset that the panic ends in, and says more.
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
      // QEMU has ended or does not answer: `closed` tells, or the limits of who waits for it.
      if (error instanceof InfraError) return undefined;
      throw error;
    }
  }

  const closed = qmp.closed.then(
    (fault): GuestWord => ({
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
