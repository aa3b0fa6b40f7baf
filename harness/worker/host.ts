import { fileURLToPath } from 'node:url';
import { execaNode, type Result } from 'execa';
import { ChannelFault, GuestError } from '../channel/channel-fault.ts';
import type { TestId } from '../events.ts';
import { GuestLost } from './guest-lost.ts';
import type {
  FromWorker,
  GuestLease,
  ModulesByFile,
  TestResult,
  ToWorker,
  WireError,
  WorkerStart,
} from './messages.ts';

/** What a parent does for its worker. Calls come in the order in which the worker made them. */
export interface WorkerHandlers {
  /** Those that it will run, and all that its files have. */
  onTests(tests: readonly TestId[], all: readonly TestId[]): void;
  /** What each spec file is made of, as far as it has shown; before its tests, and again if it grows. */
  onModules(modules: ModulesByFile): void;
  onTestBegin(test: TestId): void;
  onTestEnd(test: TestId, result: TestResult): void;
  /** Rejects with GuestLost if there can be no guest. */
  lease(isBooted: boolean): Promise<GuestLease>;
  /** Keeps a picture of the guest as it is now. Rejects with GuestLost if there is none. */
  takePicture(): Promise<unknown>;
  /** Rejects with GuestError, ChannelFault or GuestLost. */
  call(method: string, params: object, timeoutMs: number): Promise<unknown>;
}

export interface WorkerEnd {
  /** False: the process died before it had run all tests. */
  readonly isDone: boolean;
  /** One line: exit code or signal. */
  readonly how: string;
}

/** A worker process. Disposing of it kills it. */
export interface WorkerHost extends AsyncDisposable {
  readonly ended: Promise<WorkerEnd>;
  /** Tells the worker that a guest is lost, so that calls which wait for it end. */
  lose(guest: number): void;
}

const KILL_AFTER_MS = 2000;

/** A worker's process that gets ready for what it will be told. Disposing of it kills it. */
export interface IdleWorker extends AsyncDisposable {
  readonly subprocess: ReturnType<typeof spawnProcess>;
}

/** What the worker and its scenarios print is appended to `logFile`. */
export function spawnWorker(logFile: string): IdleWorker {
  const subprocess = spawnProcess(logFile);
  return {
    subprocess,
    async [Symbol.asyncDispose]() {
      subprocess.kill();
      await subprocess;
    },
  };
}

function spawnProcess(logFile: string) {
  return execaNode(fileURLToPath(new URL('entry.ts', import.meta.url)), {
    buffer: false,
    reject: false,
    forceKillAfterDelay: KILL_AFTER_MS,
    nodeOptions: ['--disable-warning=ExperimentalWarning'],
    stdin: 'ignore',
    stdout: { file: logFile, append: true },
    stderr: { file: logFile, append: true },
  });
}

/** Tells a worker what to run. From now on it is to be disposed of here. */
export function startWorker(
  { subprocess }: IdleWorker,
  start: WorkerStart,
  handlers: WorkerHandlers,
): WorkerHost {
  // execa's own IPC methods wait for listeners on the other side; plain messages are all we need.
  const child = subprocess.nodeChildProcess;
  let isDone = false;

  function tell(message: ToWorker): void {
    // A worker that is gone is told nothing; `ended` says so.
    if (child.connected) child.send(message);
  }

  function answer(id: number, promise: Promise<ToWorker>): void {
    promise.then(tell, (error: unknown) =>
      tell({ type: 'refused', id, error: wireErrorOf(error) }),
    );
  }

  child.on('message', (message: FromWorker) => {
    switch (message.type) {
      case 'tests':
        return handlers.onTests(message.tests, message.all);
      case 'modules':
        return handlers.onModules(message.modules);
      case 'test-begin':
        return handlers.onTestBegin(message.test);
      case 'test-end':
        return handlers.onTestEnd(message.test, message.result);
      case 'lease': {
        const { id, isBooted } = message;
        return answer(
          id,
          handlers.lease(isBooted).then((lease) => ({ type: 'leased', id, lease })),
        );
      }
      case 'picture': {
        const { id } = message;
        const taken = handlers.takePicture();
        return answer(
          id,
          taken.then((result) => ({ type: 'answered', id, result })),
        );
      }
      case 'call': {
        const { id, method, params, timeoutMs } = message;
        const call = handlers.call(method, params, timeoutMs);
        return answer(
          id,
          call.then((result) => ({ type: 'answered', id, result })),
        );
      }
      case 'done':
        isDone = true;
    }
  });
  tell(start);

  const ended = subprocess.then(({ exitCode, signal }: Pick<Result, 'exitCode' | 'signal'>) => ({
    isDone,
    how: signal === undefined ? `exit code ${exitCode}` : `signal ${signal}`,
  }));
  return {
    ended,
    lose: (guest) => tell({ type: 'lost', guest }),
    async [Symbol.asyncDispose]() {
      subprocess.kill();
      await ended;
    },
  };
}

/** A bug of ours must not look like a lost guest: it ends the run. */
function wireErrorOf(error: unknown): WireError {
  if (error instanceof GuestError)
    return { kind: 'guest', code: error.code, message: error.message };
  if (error instanceof GuestLost || error instanceof ChannelFault) {
    return { kind: 'lost', message: error.message };
  }
  throw error;
}
