import { ChannelFault } from './channel-fault.ts';
import {
  describeMismatch,
  type Method,
  type ParamsOf,
  type ResultOf,
  results,
} from './messages.ts';

/** Carries one request to init and its raw result back: over the channel itself, or over a worker's IPC. */
export type GuestCall = (method: string, params: object, timeoutMs: number) => Promise<unknown>;

export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly input?: Uint8Array;
  /** Defaults to the guest's call limit. */
  readonly timeoutMs?: number;
  /** Cap of each of the two streams; 1 MiB by default. */
  readonly maxBytes?: number;
}

/**
 * What init does for a host, with checked answers. Every method rejects with GuestError, ChannelFault
 * or OversizedRequest.
 */
export interface Guest {
  request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    timeoutMs?: number,
  ): Promise<ResultOf<M>>;
  run(argv: readonly string[], options?: ProgramOptions): Promise<ResultOf<'run'>>;
  /**
   * Text of a file; cgroup and proc files included.
   * @param maxBytes 1 MiB by default; what follows is left out.
   */
  readFile(path: string, maxBytes?: number): Promise<string>;
  /** One write(2) of the text. Rejects with the errno name as code, for example EINVAL. */
  writeFile(path: string, text: string): Promise<void>;
  listDirectory(path: string): Promise<ResultOf<'list-directory'>['entries']>;
  processes(): Promise<ResultOf<'processes'>['processes']>;
}

const FILE_BYTES_MAX = 1024 * 1024;
/** What init takes for a program. */
const PROGRAM_TIMEOUT_MS_MAX = 60 * 60 * 1000;

export function createGuest(call: GuestCall, callTimeoutMs: number): Guest {
  async function request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    timeoutMs = callTimeoutMs,
  ): Promise<ResultOf<M>> {
    const result = results[method].safeParse(await call(method, params, timeoutMs));
    if (!result.success) {
      const why = describeMismatch(result.error);
      throw new ChannelFault('GARBLED', `unexpected answer to ${method}: ${why}`);
    }
    return result.data as ResultOf<M>;
  }

  return {
    request,
    async run(argv, options = {}) {
      const maxBytes = options.maxBytes ?? FILE_BYTES_MAX;
      // Calls may have more where somebody debugs a guest.
      const timeoutMs = options.timeoutMs ?? Math.min(callTimeoutMs, PROGRAM_TIMEOUT_MS_MAX);
      const params = {
        argv,
        env: options.environment ?? {},
        cwd: options.workingDirectory ?? '/',
        stdin: Buffer.from(options.input ?? []).toString('base64'),
        timeoutMs,
        maxBytes,
      };
      // The guest itself ends a program that takes too long, and has then a call's time to say so.
      const result = await request('run', params, timeoutMs + callTimeoutMs);
      checkBytes('run', result.stdout, maxBytes);
      checkBytes('run', result.stderr, maxBytes);
      return result;
    },
    async readFile(path, maxBytes = FILE_BYTES_MAX) {
      const { data } = await request('read-file', { path, maxBytes });
      checkBytes('read-file', data, maxBytes);
      return data.toString('utf8');
    },
    async writeFile(path, text) {
      await request('write-file', { path, data: Buffer.from(text).toString('base64') });
    },
    listDirectory: async (path) => (await request('list-directory', { path })).entries,
    processes: async () => (await request('processes', {})).processes,
  };
}

/** A guest may send more than it was asked for. */
function checkBytes(method: Method, { length }: Uint8Array, maxBytes: number): void {
  if (length <= maxBytes) return;
  throw new ChannelFault(
    'OVERSIZED',
    `expected at most ${maxBytes} bytes in the answer to ${method}, found ${length}`,
  );
}
