import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { ChannelFault, GuestError, OversizedRequest } from '../channel/channel-fault.ts';
import type { TestId } from '../events.ts';
import type { TracedCall } from '../trace/traced-call.ts';
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

/** What a parent does for its worker. Handlers are called in the order of the worker's messages. */
export interface WorkerHandlers {
  /** The tests that the worker will run, and all tests of its spec files. */
  onTests(tests: readonly TestId[], all: readonly TestId[]): void;
  /** What each spec file has imported so far; before its tests, and again when there is more. */
  onModules(modules: ModulesByFile): void;
  onTestBegin(test: TestId): void;
  onTestEnd(test: TestId, result: TestResult): void;
  /** A call of the running test, if the tests are attended. */
  onCall(call: TracedCall): void;
  /** The running test makes a call as soon as this resolves, if calls are held. */
  onBeforeCall(): Promise<void>;
  /** The running test has failed, and will not be cleaned up before this resolves. */
  onFailure(): Promise<void>;
  /** Rejects with GuestLost if no guest can be had. */
  lease(isBooted: boolean): Promise<LeasedGuest>;
  /** Takes a picture of this guest. Rejects with GuestLost if it is not the running test's. */
  takePicture(guest: number): Promise<unknown>;
  /**
   * Rejects with GuestError, ChannelFault or OversizedRequest, or with GuestLost if the guest is not
   * the test's. A result is JSON of limited depth and size, so it can be sent on.
   */
  call(guest: number, method: string, params: object, timeoutMs: number): Promise<unknown>;
}

export interface WorkerEnd {
  /** False: the process died before all tests had run. */
  readonly isDone: boolean;
  /** One line: exit code or signal. */
  readonly how: string;
}

/** A worker process. Disposing of it kills it. */
export interface WorkerHost extends AsyncDisposable {
  readonly ended: Promise<WorkerEnd>;
  /** Tells the worker that a guest is lost, which ends pending calls to it. */
  lose(guest: number): void;
}

const KILL_AFTER_MS = 2000;

/** A worker process that is loading and has no tests yet. Disposing of it kills it. */
export interface IdleWorker extends AsyncDisposable {
  /** Kills it at once, before or after its start. False if it has ended already. */
  kill(): boolean;
  /** Tells it what to run. From now on, dispose of the returned host instead. */
  start(start: WorkerStart, handlers: WorkerHandlers): WorkerHost;
}

/** What the worker and its scenarios print is appended to `logFile`. */
export function spawnWorker(logFile: string): IdleWorker {
  const subprocess = spawnProcess(logFile);
  return {
    kill: () => subprocess.kill('SIGKILL'),
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
  // It may have ended before it was to begin.
  const disconnected = child.connected ? once(child, 'disconnect') : Promise.resolve();
  let isDone = false;

  function send(message: ToWorker): void {
    // A worker that has ended, or is about to, gets no message; `ended` says so.
    if (child.connected) child.send(message, () => {});
  }

  child.on('message', (message: FromWorker) => {
    if (message.type === 'done') isDone = true;
    else handleMessage(message, handlers, send);
  });
  send(start);

  // Messages may still arrive after the process has ended, but not after its channel has closed.
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
    case 'traced':
      handlers.onCall(message.call);
      break;
    case 'before-call':
    case 'failed': {
      const { id, type } = message;
      const held = type === 'failed' ? handlers.onFailure() : handlers.onBeforeCall();
      answer(id, held, () => ({ type: 'answered', id, result: {} }));
      break;
    }
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

/** Rethrows a bug of ours, which ends the run: it must not look like a lost guest. */
function wireErrorOf(error: unknown): WireError {
  if (error instanceof GuestError) {
    return { kind: 'guest', code: error.code, message: error.message };
  }
  if (error instanceof OversizedRequest) return { kind: 'oversized', message: error.message };
  if (error instanceof GuestLost || error instanceof ChannelFault) {
    return { kind: 'lost', message: error.message };
  }
  throw error;
}
