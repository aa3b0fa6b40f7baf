import type { Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { KernelLog, KernelSubscription } from './kernel-log.ts';

// mm/oom_kill.c, __oom_kill_process
const OUT_OF_MEMORY = /[Oo]ut of memory.*: Killed process (\d+) /g;

/**
 * What a container has for a console: what init says, and what the host's kernel reports about the
 * container meanwhile. Disposing closes it.
 */
export class GuestConsole implements Disposable {
  readonly #stream = new PassThrough();
  readonly #kernel: KernelSubscription;
  readonly #log: KernelLog;
  readonly #outOfMemory = new Set<number>();
  #bytes = 0;

  /** Before the container is started, so that nothing is missed. */
  constructor(log: KernelLog, container: string) {
    this.#log = log;
    this.#kernel = log.subscribe({ container, hear: (lines) => this.#hear(lines) });
    if (log.fault !== undefined) {
      this.#write(`kmx: the host's kernel log cannot be read: ${log.fault}\n`);
    }
  }

  /**
   * @param said What init says.
   * @param ended Resolves when the container has ended.
   */
  connect(said: Socket, ended: Promise<unknown>): void {
    said.on('data', (chunk: Buffer) => {
      // Like a port that nobody reads, it blocks its writer.
      if (!this.#write(chunk)) said.pause();
    });
    this.#stream.on('drain', () => said.resume());
    // It may have been closed, or reset, before anybody looked.
    const heard = finished(said, { writable: false }).catch(() => undefined);
    void Promise.all([ended, heard]).then(() => this.#finish());
  }

  get stream(): Readable {
    return this.#stream;
  }

  /** How many bytes it has carried, with everything that the kernel has reported up to now. */
  countBytes(): number {
    this.#kernel.catchUp();
    return this.#bytes;
  }

  /**
   * Whether the kernel has killed the process, as it says, because memory was used up. Undefined if
   * its log cannot be read.
   * @param pid As the host sees it.
   */
  hasEndedForMemory(pid: number): boolean | undefined {
    if (this.#log.fault !== undefined) return undefined;
    this.#kernel.catchUp();
    return this.#outOfMemory.has(pid);
  }

  [Symbol.dispose](): void {
    this.#kernel[Symbol.dispose]();
    this.#stream.destroy();
  }

  #finish(): void {
    this.#kernel.catchUp();
    const count = this.#kernel.countUnattributed();
    if (count > 0) {
      this.#write(`kmx: ${count} records of the host's kernel log in this time name nobody\n`);
    }
    this.#stream.end();
  }

  #hear(lines: string): void {
    for (const [, pid] of lines.matchAll(OUT_OF_MEMORY)) this.#outOfMemory.add(Number(pid));
    this.#write(lines);
  }

  #write(chunk: Buffer | string): boolean {
    if (this.#stream.writableEnded || this.#stream.destroyed) return true;
    this.#bytes += Buffer.byteLength(chunk);
    return this.#stream.write(chunk);
  }
}
