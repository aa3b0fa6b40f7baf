import type { JsonObject } from '@bufbuild/protobuf';
import type { ContainerSpec, ProcessSpec, Resources } from './container-spec.ts';
import type { ContainerStats } from './container-stats.ts';

/** What limits a single call. */
export interface CallOptions {
  /** How long to wait for the answer. Default: the connection's limit. */
  readonly timeoutMs?: number;
  /** Aborts the wait; the call then throws the signal's reason. The agent is not told. */
  readonly signal?: AbortSignal;
}

/** A process of a container: its first one, or one started by `execProcess`. */
export interface ProcessTarget {
  readonly container: string;
  /** The id given to `execProcess`; absent: the container's first process. */
  readonly process?: string;
}

/** Standard output or standard error of a process. */
export interface OutputStream {
  /**
   * Waits for output that has not been read yet; empty at the end of the stream. Throws
   * {@link CallTimeout} if none came in time, the error that broke off the stream, or
   * {@link OutputDiscarded} if more than 1 MiB was waiting to be read.
   */
  read(options?: CallOptions): Promise<Uint8Array>;
}

/** Another process for a running container. */
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

/** How the agent describes itself; strings are in its own words. */
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
  /** Kills processes that are still running in the container. */
  removeContainer(container: string, options?: CallOptions): Promise<void>;
  updateContainer(container: string, resources: Resources, options?: CallOptions): Promise<void>;
  containerStats(container: string, options?: CallOptions): Promise<ContainerStats>;
  pauseContainer(container: string, options?: CallOptions): Promise<void>;
  resumeContainer(container: string, options?: CallOptions): Promise<void>;
  /** SIGKILL goes to every process of the container, any other signal to its first one. */
  signalContainer(container: string, signal: NodeJS.Signals, options?: CallOptions): Promise<void>;

  execProcess(spec: ExecSpec, options?: CallOptions): Promise<void>;
  signalProcess(
    target: ProcessTarget,
    signal: NodeJS.Signals,
    options?: CallOptions,
  ): Promise<void>;
  /**
   * Waits for the process to end and returns its exit code. If a signal ended it, some agents give
   * the signal's number (kata-agent 3), others 128 more. Call it once: some agents then forget the
   * process.
   */
  waitProcess(target: ProcessTarget, options?: CallOptions): Promise<number>;

  /**
   * The output of a process. It is read in the background as soon as the process has started: some
   * agents forget a process and its unread output once `waitProcess` has answered. Throws if the
   * process was not started through this connection.
   */
  output(target: ProcessTarget): { readonly stdout: OutputStream; readonly stderr: OutputStream };
  /** Returns the number of bytes written. */
  writeStdin(target: ProcessTarget, data: Uint8Array, options?: CallOptions): Promise<number>;
  closeStdin(target: ProcessTarget, options?: CallOptions): Promise<void>;

  /** Waits for a container to run out of memory and returns its id. */
  nextOomEvent(options?: CallOptions): Promise<string>;

  /**
   * Reads the output of processes that these calls have started through an earlier connection, so that none
   * of them stops because a pipe is full. What that connection has read is gone.
   */
  adopt(calls: readonly { readonly call: string; readonly request: JsonObject }[]): void;

  /**
   * Makes a call of the agent's protocol as it was recorded, or with another request; both in
   * protobuf's JSON form. Also throws a UsageError if there is no call of that name, or if the request
   * does not fit it.
   */
  repeat(call: string, request: JsonObject, options?: CallOptions): Promise<JsonObject>;
}

/** What happens to a call. Plain JSON. `failed`: the call ended without an answer from the agent. */
export type CallEvent = {
  /** Numbers the calls of a connection from 1, in the order in which they were made. */
  readonly id: number;
  /** The call's name in the agent's protocol, for example `CreateContainer`. */
  readonly call: string;
} & (
  | {
      readonly state: 'begin';
      /** Traced: the request in protobuf's JSON form, unless this is a wait for a stream. */
      readonly request?: JsonObject;
    }
  | {
      readonly state: 'end';
      /** Traced: the answer in protobuf's JSON form, unless this is a wait for a stream. */
      readonly answer?: JsonObject;
      /** Traced: how the agent refused. */
      readonly error?: { readonly code: string; readonly message: string };
    }
  | { readonly state: 'failed'; readonly why: 'timeout' | 'aborted' | 'lost' }
);

/** Called in order; must not throw. */
export type CallObserver = (event: CallEvent) => void;

/** How to reach an agent. */
export interface AgentOptions {
  /** Unix socket on the host; each connection to it is relayed to the agent in the guest. */
  readonly socketPath: string;
  readonly limits: { readonly callTimeoutMs: number };
  readonly onCall?: CallObserver;
  /** The observer also gets requests, answers and errors. */
  readonly trace?: boolean;
  /**
   * Called before a call is made, which waits for what this returns; its limit begins only then. Undefined:
   * it does not wait.
   */
  readonly beforeCall?: () => Promise<void> | undefined;
}

/** Connects in the background: the first call reports a problem with the socket. */
export type ConnectAgent = (options: AgentOptions) => Agent;

/** The agent answered with an error. */
export class AgentError extends Error {
  readonly call: string;
  /** A status name of gRPC, such as `INTERNAL`, or `MALFORMED_ANSWER`. */
  readonly code: string;
  /**
   * The agent's message, of at most 16 KiB: often a chain of causes, sometimes with a backtrace.
   */
  readonly reason: string;

  constructor(call: string, code: string, reason: string) {
    super(`${call} was refused: ${code}: ${reason}`);
    this.name = 'AgentError';
    this.call = call;
    this.code = code;
    this.reason = reason;
  }
}

/** The agent did not answer in time. A panicked handler looks the same; see the agent's stderr. */
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

/** A process printed more than is kept until somebody reads it. */
export class OutputDiscarded extends Error {
  constructor(stream: string, keptBytes: number, discardedBytes: number) {
    super(
      `${stream}: only ${keptBytes} bytes are kept until they are read; ${discardedBytes} more were discarded`,
    );
    this.name = 'OutputDiscarded';
  }
}

/** The connection to the agent broke, or its data can no longer be trusted. */
export class ChannelLost extends Error {
  readonly call: string;

  constructor(call: string, why: string, cause?: unknown) {
    super(`${call} got no answer: ${why}`, cause === undefined ? undefined : { cause });
    this.name = 'ChannelLost';
    this.call = call;
  }
}
