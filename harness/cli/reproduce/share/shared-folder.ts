/** `--share`: a folder of this host in the guest of a shell. */
import { realpath, stat } from 'node:fs/promises';
import { ChannelFault, GuestError } from '../../../channel/channel-fault.ts';
import { UsageError } from '../../../errors.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { copyShare, mountShare, ShareRefused } from '../../../live-guest/mount-share.ts';
import { SHARE_FOLDER } from '../../../machine/machine.ts';
import type { Matrix } from '../../../matrix/matrix.ts';
import { count } from '../../../phrases.ts';
import { findShareModules } from '../../../prepare/guest-modules.ts';
import type { KernelModule } from '../../../prepare/kernel-module.ts';
import type { PrepareCell, PreparedCell } from '../../../prepare/prepare-cell.ts';
import { formatBytes } from '../../format-bytes.ts';
import { collectFiles } from './collect-files.ts';

/** How it gets there. */
type Way =
  | { readonly kind: 'mounted'; readonly modules: readonly KernelModule[] }
  /** By the container engine, before the guest began. */
  | { readonly kind: 'bound' }
  | { readonly kind: 'copied' };

export class SharedFolder {
  /** Absolute, without links in it. */
  readonly path: string;
  #way: Way | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /** Rejects with a UsageError if it is no folder. */
  static async open(path: string): Promise<SharedFolder> {
    const real = await realpath(path).catch(() => undefined);
    const facts = real === undefined ? undefined : await stat(real);
    if (real !== undefined && facts?.isDirectory()) return new SharedFolder(real);
    const found = facts === undefined ? 'nothing' : 'a file';
    throw new UsageError(`--share: expected a folder; found ${found} at ${path}`, {
      code: 'SHARE_NO_FOLDER',
      remedy: 'name a folder of this host',
    });
  }

  /**
   * Guests that are prepared by this have the folder, or it can be copied into them. Rejects with a UsageError if
   * it is too large for that.
   */
  addTo(prepareCell: PrepareCell, { machines }: Pick<Matrix, 'machines'>): PrepareCell {
    return async (parts) => {
      const prepared = await prepareCell(parts);
      const machine = machines.get(prepared.cell.machine);
      // QEMU in a container sees no folder of this host.
      const canMount = machine?.kind === 'qemu' && machine.in === 'host';
      this.#way = await wayInto(prepared, canMount);
      if (this.#way.kind === 'copied') await collectFiles(this.path, SHARE_FOLDER);
      else return { ...prepared, boot: { ...prepared.boot, share: this.path } };
      return prepared;
    };
  }

  /** Puts it into a guest that has the tools. Resolves with lines about it, for people. */
  async bring(guest: LiveGuest): Promise<readonly string[]> {
    try {
      return await this.#bring(guest);
    } catch (error) {
      const isGuests =
        error instanceof ShareRefused ||
        error instanceof GuestError ||
        error instanceof ChannelFault;
      if (!isGuests && !(error instanceof UsageError)) throw error;
      return [`not there: ${error.message}`];
    }
  }

  async #bring(guest: LiveGuest): Promise<readonly string[]> {
    const way = this.#way;
    if (way === undefined) throw new Error('Expected the guest to be prepared for its share');
    if (way.kind === 'mounted') await mountShare(guest, way.modules);
    if (way.kind !== 'copied') return [`${SHARE_FOLDER}, read-only: ${this.path} of this host`];
    const { entries, bytes, leftOut } = await collectFiles(this.path, SHARE_FOLDER);
    await copyShare(guest, entries);
    return [
      `${SHARE_FOLDER}, read-only: copied from ${this.path} of this host,`,
      `${formatBytes(bytes)}; later changes there are not seen here`,
      ...(leftOut.length === 0
        ? []
        : [
            `without ${count(leftOut.length, 'link')} out of it or other special file: ${leftOut[0]}`,
          ]),
    ];
  }
}

async function wayInto({ boot, kernel }: PreparedCell, canMount: boolean): Promise<Way> {
  if (boot.kind === 'container') return { kind: 'bound' };
  const modules = canMount ? await findShareModules(kernel) : undefined;
  return modules === undefined ? { kind: 'copied' } : { kind: 'mounted', modules };
}
