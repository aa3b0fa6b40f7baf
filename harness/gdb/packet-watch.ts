/**
 * Follows GDB's remote protocol between a debugger and a stub, to know whether what is debugged runs. Only
 * packets that change that are understood (GDB manual, "Remote Protocol": Overview, Packets, Stop Reply
 * Packets); everything passes by unchanged elsewhere.
 */

export type TargetState = 'stopped' | 'running';

/** The first characters of packets of the debugger after which the target runs; `D` detaches. */
const RESUMES = /^(?:[cCsSDk]|vCont;|vKill;|vRun;)/;
/** The first characters of what a stub says when a target that ran has stopped or ended. */
const STOPS = /^[STWXw]/;

const PACKET = 0x24; // $
const NOTIFICATION = 0x25; // %
const END = 0x23; // #
/** Only the beginning of a packet says what it is. */
const KEPT_BYTES = 16;

/** Both directions of one connection. */
export class PacketWatch {
  readonly #onState: (state: TargetState) => void;
  readonly #debugger = new PacketStarts((packet) => this.#fromDebugger(packet));
  readonly #stub = new PacketStarts((packet) => this.#fromStub(packet));
  /** A stub stops the target when a debugger connects. */
  #state: TargetState = 'stopped';
  #hasDetached = false;

  constructor(onState: (state: TargetState) => void) {
    this.#onState = onState;
  }

  get state(): TargetState {
    return this.#state;
  }

  /** The debugger has taken its leave, after which it sends nothing more. */
  get hasDetached(): boolean {
    return this.#hasDetached;
  }

  pushDebugger(chunk: Uint8Array): void {
    this.#debugger.push(chunk);
  }

  pushStub(chunk: Uint8Array): void {
    this.#stub.push(chunk);
  }

  #fromDebugger(packet: string): void {
    this.#hasDetached ||= packet.startsWith('D');
    if (RESUMES.test(packet)) this.#become('running');
  }

  #fromStub(packet: string): void {
    // The same letters answer other questions while it is stopped.
    if (this.#state === 'running' && STOPS.test(packet)) this.#become('stopped');
  }

  #become(state: TargetState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#onState(state);
  }
}

/** Passes on the beginning of each packet in a byte stream that is cut anywhere. */
class PacketStarts {
  readonly #onPacket: (start: string) => void;
  #kind: 'none' | 'packet' | 'notification' = 'none';
  #start = '';

  constructor(onPacket: (start: string) => void) {
    this.#onPacket = onPacket;
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      // Within a packet, these bytes are escaped: one that was cut off is followed by a new one.
      if (byte === PACKET || byte === NOTIFICATION) {
        if (byte === NOTIFICATION && this.#kind === 'packet') continue;
        this.#kind = byte === PACKET ? 'packet' : 'notification';
        this.#start = '';
      } else if (byte === END) {
        if (this.#kind === 'packet') this.#onPacket(this.#start);
        this.#kind = 'none';
      } else if (this.#kind === 'packet' && this.#start.length < KEPT_BYTES) {
        this.#start += String.fromCharCode(byte);
      }
    }
  }
}
