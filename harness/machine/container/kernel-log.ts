/**
 * What the host's kernel reports about our containers. They have no console of their own, and the log
 * is everybody's: only what is about a container's processes or cgroups is passed on.
 */
import { attributeRecords, OTHERS, type Owner } from './attribute-records.ts';
import {
  cgroupsOfProcess,
  type KernelMessages,
  OVERWRITTEN,
  openKernelMessages,
} from './kernel-messages.ts';
import { formatKernelRecord, type KernelRecord, parseKernelRecord } from './kernel-record.ts';

/** Node cannot wait for a character device. */
const POLL_MS = 100;

/** Whoever is told what the kernel reports about one container. */
export interface KernelListener {
  /** The container's id. */
  readonly container: string;
  /** Gets whole lines, as on a console. */
  hear(lines: string): void;
}

export interface KernelSubscription extends Disposable {
  /** Passes on what the kernel has logged up to now. */
  catchUp(): void;
  /** How many records were logged since that are about nobody in particular, or were overwritten. */
  countUnattributed(): number;
}

export interface KernelSources {
  readonly open: () => KernelMessages;
  readonly cgroupsOf: (pid: number) => string | undefined;
}

const THIS_HOST: KernelSources = { open: openKernelMessages, cgroupsOf: cgroupsOfProcess };

/** One reader for all containers of a process. It reads only while somebody listens. */
export class KernelLog {
  /** Why the log cannot be read; undefined if it can. */
  readonly fault: string | undefined;
  readonly #sources: KernelSources;
  readonly #listeners = new Map<string, KernelListener>();
  #messages: KernelMessages | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pending: KernelRecord[] = [];
  #unattributed = 0;

  constructor(sources = THIS_HOST) {
    this.#sources = sources;
    try {
      sources.open()[Symbol.dispose]();
    } catch (error) {
      this.fault = (error as Error).message;
    }
  }

  subscribe(listener: KernelListener): KernelSubscription {
    if (this.fault === undefined && this.#messages === undefined) this.#open();
    this.#listeners.set(listener.container, listener);
    const before = this.#unattributed;
    return {
      catchUp: () => {
        this.#read();
        this.#passOn();
      },
      countUnattributed: () => this.#unattributed - before,
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener.container);
        if (this.#listeners.size === 0) this.#close();
      },
    };
  }

  #open(): void {
    this.#messages = this.#sources.open();
    this.#timer = setInterval(() => {
      // A report that is still being written waits for its end.
      if (this.#read() === 0) this.#passOn();
    }, POLL_MS);
    this.#timer.unref();
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#messages?.[Symbol.dispose]();
    this.#messages = undefined;
    this.#pending = [];
  }

  /** Returns how many records there were. */
  #read(): number {
    let count = 0;
    for (let text = this.#messages?.next(); text !== undefined; text = this.#messages?.next()) {
      count += 1;
      if (text === OVERWRITTEN) this.#unattributed += 1;
      const record = parseKernelRecord(text);
      if (record !== undefined) this.#pending.push(record);
    }
    return count;
  }

  #passOn(): void {
    const ours = new Set(this.#listeners.keys());
    const records = this.#pending.splice(0);
    for (const { record, owner } of attributeRecords(records, ours, (pid) => this.#ownerOf(pid))) {
      if (owner === undefined) this.#unattributed += 1;
      else this.#listeners.get(owner)?.hear(formatKernelRecord(record));
    }
  }

  #ownerOf(pid: number): Owner | undefined {
    const cgroups = this.#sources.cgroupsOf(pid);
    if (cgroups === undefined) return undefined;
    return this.#listeners.keys().find((id) => cgroups.includes(id)) ?? OTHERS;
  }
}
