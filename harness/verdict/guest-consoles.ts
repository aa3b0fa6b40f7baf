import type { Finding } from './finding.ts';
import { createGuestConsole, type GuestConsole } from './guest-console.ts';
import type { ConsoleMessage } from './kernel/kernel-message.ts';
import { isCopiedConsole } from './lines/envelope/copied-console.ts';
import type { UnwrappedLine } from './lines/unwrap-line.ts';

/** The consoles that one stream carries: mostly one, several where a log collects them. */
export interface GuestConsoles {
  /** Whether any next line may matter. */
  readonly isOpen: boolean;
  /** Whether a kernel's report may go on. */
  readonly isReporting: boolean;
  /** Whether it is known how the kernel's lines differ from others. */
  readonly isKernelKnown: boolean;
  take(line: UnwrappedLine): readonly Finding[];
  split(line: UnwrappedLine): readonly ConsoleMessage[];
  /** What is known of reports that have not gone on for long before this byte offset. */
  expire(offset: number): readonly Finding[];
  flush(): readonly Finding[];
  forgetPrograms(): void;
}

/** A stream that names consoles endlessly must not fill memory. */
const CONSOLES_MAX = 16;
/** How much a stream may carry of others before a console's report is taken for whole. */
const WAIT_BYTES_MAX = 64 * 1024;

interface Channel {
  readonly name: string;
  readonly console: GuestConsole;
  end: number;
}

export function createGuestConsoles(): GuestConsoles {
  /** The one that was written to last is the last. */
  let channels: readonly Channel[] = [];
  /** Of all that there were. */
  let isKernelKnown = false;

  function find(name: string): Channel {
    const known = channels.at(-1);
    if (known?.name === name) return known;
    return channels.find((channel) => channel.name === name) ?? create(name);
  }

  function create(name: string): Channel {
    return {
      name,
      console: createGuestConsole(isCopiedConsole(name), () => isKernelKnown),
      end: 0,
    };
  }

  /** Puts it last; what there is no room for any more is closed. */
  function touch(channel: Channel): readonly Finding[] {
    if (channels.at(-1) === channel) return [];
    const all = [...channels.filter((other) => other !== channel), channel];
    channels = all.slice(-CONSOLES_MAX);
    return all.slice(0, -CONSOLES_MAX).flatMap((dropped) => dropped.console.flush());
  }

  function take(line: UnwrappedLine): readonly Finding[] {
    const channel = find(line.channel ?? '');
    const closed = touch(channel);
    channel.end = line.end;
    const found = channel.console.take(line);
    isKernelKnown ||= channel.console.messages.knowsKernel;
    return closed.length === 0 ? found : [...closed, ...found];
  }

  /** The one that is being written to may wait for more of its own lines. */
  function expire(offset: number): readonly Finding[] {
    const current = channels.at(-1);
    if (current !== undefined && channels.length === 1) return current.console.expire(offset);
    return channels.flatMap((channel) =>
      channel !== current && channel.console.isOpen && offset - channel.end > WAIT_BYTES_MAX
        ? channel.console.flush()
        : channel.console.expire(offset),
    );
  }

  return {
    get isOpen() {
      if (channels.at(-1)?.console.isEarly ?? true) return true;
      for (const { console } of channels) if (console.isOpen) return true;
      return false;
    },
    get isReporting() {
      return channels.some(({ console }) => console.isReporting);
    },
    get isKernelKnown() {
      return isKernelKnown;
    },
    take,
    split: (line) => find(line.channel ?? '').console.messages.split(line),
    expire,
    flush: () => channels.flatMap(({ console }) => console.flush()),
    forgetPrograms() {
      for (const { console } of channels) console.forgetPrograms();
    },
  };
}
