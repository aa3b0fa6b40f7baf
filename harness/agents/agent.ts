import type { ContainerSpec, ProcessSpec, Resources } from './container-spec.ts';
import type { ContainerStats } from './container-stats.ts';

/** How long a single call may take. */
export interface CallOptions {
  /** How long to wait for the answer. Default: the limit that the agent was connected with. */
  readonly timeoutMs?: number;
  /** Gives up waiting; the call then throws the signal's reason. The agent is not told. */
  readonly signal?: AbortSignal;
}

/** A process of a container: the container's first one, or the one of an `execProcess`. */
export interface ProcessTarget {
  readonly container: string;
  /** The id given to `execProcess`; absent: the container's first process. */
  readonly process?: string;
}

/** One stream of a process, standard output or error. */
export interface OutputStream {
  /**
   * Waits for what the process printed since the last read; empty: the stream has ended. Throws
   * {@link CallTimeout} if nothing came in time, the error that ended the reading, or
   * {@link OutputDiscarded} after 1 MiB that nobody has read.
   */
  read(options?: CallOptions): Promise<Uint8Array>;
}

/** A further process in a container that runs. */
export interface ExecSpec extends ProcessSpec {
  readonly container: string;
  /** Names the process in later calls. */
  readonly process: string;
}

/** What all containers of an agent share. */
export interface SandboxSpec {
  /** Must not be the id of a container. */
  readonly id: string;
  /** Default: the id. */
  readonly hostname?: string;
}

/** Which agent answers. */
export interface AgentVersion {
  readonly agent: string;
  /** Version of the agent's own protocol. */
  readonly protocol: string;
}

/** What the agent says of itself, in its own words where these are strings. */
export interface AgentDetails {
  readonly version: string;
  /** True if the agent runs as PID 1 of the guest. */
  readonly isInit: boolean;
  readonly supportsSeccomp: boolean;
  readonly deviceHandlers: readonly string[];
  readonly storageHandlers: readonly string[];
  readonly features: readonly string[];
}

/**
 * The agent under test, whichever kind it is. Every call throws {@link AgentError} if the agent
 * answered with an error, {@link CallTimeout} if it did not answer in time, {@link ChannelLost} if
 * the way to it broke, or the reason of `options.signal`. Calls may overlap. Disposing ends the
 * connection, not the agent; calls without an answer then throw {@link ChannelLost}.
 */
export interface Agent extends AsyncDisposable {
  check(options?: CallOptions): Promise<'serving' | 'not-serving' | 'unknown'>;
  version(options?: CallOptions): Promise<AgentVersion>;
  details(options?: CallOptions): Promise<AgentDetails>;

  createSandbox(spec: SandboxSpec, options?: CallOptions): Promise<void>;
  /** The agent exits. */
  destroySandbox(options?: CallOptions): Promise<void>;

  createContainer(spec: ContainerSpec, options?: CallOptions): Promise<void>;
  startContainer(container: string, options?: CallOptions): Promise<void>;
  /** Kills what still runs in the container. */
  removeContainer(container: string, options?: CallOptions): Promise<void>;
  updateContainer(container: string, resources: Resources, options?: CallOptions): Promise<void>;
  containerStats(container: string, options?: CallOptions): Promise<ContainerStats>;
  pauseContainer(container: string, options?: CallOptions): Promise<void>;
  resumeContainer(container: string, options?: CallOptions): Promise<void>;
  /** SIGKILL is for every process of the container, any other signal for its first one. */
  signalContainer(container: string, signal: NodeJS.Signals, options?: CallOptions): Promise<void>;

  execProcess(spec: ExecSpec, options?: CallOptions): Promise<void>;
  signalProcess(
    target: ProcessTarget,
    signal: NodeJS.Signals,
    options?: CallOptions,
  ): Promise<void>;
  /**
   * Waits for the end of the process: its exit code. For one that a signal ended, some agents give
   * the signal's number (kata-agent 3) and some 128 more than it. To be asked for once: some agents
   * forget the process then.
   */
  waitProcess(target: ProcessTarget, options?: CallOptions): Promise<number>;

  /**
   * What a process prints. It is read from the process's start on, whether or not anybody asks for
   * it: some agents forget a process, and what it has printed, once its end was waited for. Throws if
   * this connection has not started the process.
   */
  output(target: ProcessTarget): { readonly stdout: OutputStream; readonly stderr: OutputStream };
  /** How many of the bytes were written. */
  writeStdin(target: ProcessTarget, data: Uint8Array, options?: CallOptions): Promise<number>;
  closeStdin(target: ProcessTarget, options?: CallOptions): Promise<void>;

  /** Waits until a container runs out of memory: its id. */
  nextOomEvent(options?: CallOptions): Promise<string>;
}

/** What happens to a call. Plain JSON. `failed`: the call ended without an answer of the agent. */
export type CallEvent = {
  /** Counts the calls of one connection from 1, in the order in which they were made. */
  readonly id: number;
  /** The call's name in the agent's own protocol, for example `CreateContainer`. */
  readonly call: string;
} & (
  | { readonly state: 'begin' }
  | { readonly state: 'end' }
  | { readonly state: 'failed'; readonly why: 'timeout' | 'aborted' | 'lost' }
);

/** Called in order; must not throw. */
export type CallObserver = (event: CallEvent) => void;

/** How to reach an agent. */
export interface AgentOptions {
  /** Unix socket on the host; each connection to it is one to the agent in the guest. */
  readonly socketPath: string;
  readonly limits: { readonly callTimeoutMs: number };
  readonly onCall?: CallObserver;
}

/** Connects in the background: what is wrong with the socket is told by the first call. */
export type ConnectAgent = (options: AgentOptions) => Agent;

/** The agent answered, with an error. */
export class AgentError extends Error {
  readonly call: string;
  /** A status name of gRPC, such as `INTERNAL`, or `MALFORMED_ANSWER`. */
  readonly code: string;
  /** The agent's own words, whole: often a chain of causes, sometimes with a backtrace. */
  readonly reason: string;

  constructor(call: string, code: string, reason: string) {
    super(`${call} was refused: ${code}: ${reason}`);
    this.name = 'AgentError';
    this.call = call;
    this.code = code;
    this.reason = reason;
  }
}

/** The agent did not answer in time. A panicked handler looks like this, too: look at its stderr. */
export class CallTimeout extends Error {
  readonly call: string;
  readonly afterMs: number;

  constructor(call: string, afterMs: number) {
    super(`${call} got no answer within ${afterMs} ms`);
    this.name = 'CallTimeout';
    this.call = call;
    this.afterMs = afterMs;
  }
}

/** More output than is kept for a reader came unread. */
export class OutputDiscarded extends Error {
  constructor(stream: string, keptBytes: number, discardedBytes: number) {
    super(
      `${stream}: more than ${keptBytes} bytes came before anybody read them; ${discardedBytes} were discarded`,
    );
    this.name = 'OutputDiscarded';
  }
}

/** The way to the agent broke, or what came over it can no longer be trusted. */
export class ChannelLost extends Error {
  readonly call: string;

  constructor(call: string, why: string, cause?: unknown) {
    super(`${call} got no answer: ${why}`, cause === undefined ? undefined : { cause });
    this.name = 'ChannelLost';
    this.call = call;
  }
}
