import { ChannelFault } from './channel-fault.ts';
import { type Method, type ParamsOf, type ResultOf, results } from './messages.ts';

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

/** What init does for a host, with checked answers. Every method rejects with GuestError or ChannelFault. */
export interface Guest {
  request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    timeoutMs?: number,
  ): Promise<ResultOf<M>>;
  run(argv: readonly string[], options?: ProgramOptions): Promise<ResultOf<'run'>>;
  /** Text of a file; cgroup and proc files included. */
  readFile(path: string): Promise<string>;
  /** One write(2) of the text. Rejects with the errno name as code, for example EINVAL. */
  writeFile(path: string, text: string): Promise<void>;
  listDirectory(path: string): Promise<ResultOf<'list-directory'>['entries']>;
  processes(): Promise<ResultOf<'processes'>['processes']>;
}

const FILE_BYTES_MAX = 1024 * 1024;

export function createGuest(call: GuestCall, callTimeoutMs: number): Guest {
  async function request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    timeoutMs = callTimeoutMs,
  ): Promise<ResultOf<M>> {
    const result = results[method].safeParse(await call(method, params, timeoutMs));
    if (!result.success) {
      throw new ChannelFault(
        'GARBLED',
        `the answer to ${method} does not have the expected form`,
        result.error,
      );
    }
    return result.data as ResultOf<M>;
  }

  return {
    request,
    run(argv, options = {}) {
      const timeoutMs = options.timeoutMs ?? callTimeoutMs;
      const params = {
        argv,
        env: options.environment ?? {},
        cwd: options.workingDirectory ?? '/',
        stdin: Buffer.from(options.input ?? []).toString('base64'),
        timeoutMs,
        maxBytes: options.maxBytes ?? FILE_BYTES_MAX,
      };
      // The guest itself ends a program that takes too long, and has then a call's time to say so.
      return request('run', params, timeoutMs + callTimeoutMs);
    },
    async readFile(path) {
      const { data } = await request('read-file', { path, maxBytes: FILE_BYTES_MAX });
      return data.toString('utf8');
    },
    async writeFile(path, text) {
      await request('write-file', { path, data: Buffer.from(text).toString('base64') });
    },
    listDirectory: async (path) => (await request('list-directory', { path })).entries,
    processes: async () => (await request('processes', {})).processes,
  };
}
