import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { ChannelFault, GuestError } from '../channel/channel-fault.ts';
import type { TestId } from '../events.ts';
import { GuestLost } from './guest-lost.ts';
import type {
  FromWorker,
  LeasedGuest,
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
  lease(isBooted: boolean): Promise<LeasedGuest>;
  /** Takes a picture of that guest as it is now. Rejects with GuestLost if it is not the test's. */
  takePicture(guest: number): Promise<unknown>;
  /** Rejects with GuestError, ChannelFault, or GuestLost if that guest is not the test's. */
  call(guest: number, method: string, params: object, timeoutMs: number): Promise<unknown>;
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
  /** Tells it what to run. From now on the host is to be disposed of instead. */
  start(start: WorkerStart, handlers: WorkerHandlers): WorkerHost;
}

/** What the worker and its scenarios print is appended to `logFile`. */
export function spawnWorker(logFile: string): IdleWorker {
  const subprocess = spawnProcess(logFile);
  return {
    start: (start, handlers) => startWorker(subprocess, start, handlers),
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

type Subprocess = ReturnType<typeof spawnProcess>;

function startWorker(
  subprocess: Subprocess,
  start: WorkerStart,
  handlers: WorkerHandlers,
): WorkerHost {
  // execa's own IPC methods wait for listeners on the other side; plain messages are all we need.
  const child = subprocess.nodeChildProcess;
  const disconnected = once(child, 'disconnect');
  let isDone = false;

  function send(message: ToWorker): void {
    // A worker that is gone, or just going, is told nothing; `ended` says so.
    if (child.connected) child.send(message, () => {});
  }

  child.on('message', (message: FromWorker) => {
    if (message.type === 'done') isDone = true;
    else handleMessage(message, handlers, send);
  });
  send(start);

  // Messages of a process may arrive after its end is known; none does after its channel has closed.
  const ended = Promise.all([subprocess, disconnected]).then(([{ exitCode, signal }]) => ({
    isDone,
    how: signal === undefined ? `exit code ${exitCode}` : `signal ${signal}`,
  }));
  return {
    ended,
    lose: (guest) => send({ type: 'lost', guest }),
    async [Symbol.asyncDispose]() {
      subprocess.kill();
      await ended;
    },
  };
}

function handleMessage(
  message: Exclude<FromWorker, { readonly type: 'done' }>,
  handlers: WorkerHandlers,
  send: (message: ToWorker) => void,
): void {
  function answer<T>(id: number, asked: Promise<T>, toMessage: (value: T) => ToWorker): void {
    asked.then(toMessage, (error: unknown) => refusal(id, error)).then(send);
  }

  switch (message.type) {
    case 'tests':
      handlers.onTests(message.tests, message.all);
      break;
    case 'modules':
      handlers.onModules(message.modules);
      break;
    case 'test-begin':
      handlers.onTestBegin(message.test);
      break;
    case 'test-end':
      handlers.onTestEnd(message.test, message.result);
      break;
    case 'lease': {
      const { id, isBooted } = message;
      answer(id, handlers.lease(isBooted), (lease) => ({ type: 'leased', id, lease }));
      break;
    }
    case 'picture': {
      const { id, guest } = message;
      answer(id, handlers.takePicture(guest), (result) => ({ type: 'answered', id, result }));
      break;
    }
    case 'call': {
      const { id, guest, method, params, timeoutMs } = message;
      const called = handlers.call(guest, method, params, timeoutMs);
      answer(id, called, (result) => ({ type: 'answered', id, result }));
    }
  }
}

function refusal(id: number, error: unknown): ToWorker {
  return { type: 'refused', id, error: wireErrorOf(error) };
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
