/** Messages between the parent, which owns guests, and a worker, which owns mocha. Plain JSON. */
import type { GuestFacts, TestDetail, TestId } from '../events.ts';
import type { Cell } from '../matrix/cell.ts';
import type { TracedCall } from '../trace/traced-call.ts';
import type { Claim, UnansweredCall } from '../verdict/decide.ts';

/** What a worker says about a test. The parent decides: it also knows what the guest printed. */
export interface TestResult {
  readonly claim: Claim;
  readonly durationMs: number;
  readonly detail?: TestDetail;
  /** The test's first call that got no answer. */
  readonly unanswered?: UnansweredCall;
}

/** A guest as the worker may use it. */
export interface LeasedGuest {
  /** Number of the guest within its cell, from 1. */
  readonly guest: number;
  readonly agentSocket: string;
}

export interface WorkerStart {
  readonly type: 'start';
  readonly cell: Cell;
  /** From the cell's first guest; all guests of a cell are made from the same files. */
  readonly facts: GuestFacts;
  readonly scenarioFiles: readonly string[];
  /** Folder that the scenario files are named relative to in reports. */
  readonly scenarioRoot: string;
  /** Words that a test's file or title must contain; absent: all tests run. */
  readonly testFilter?: string;
  /** The tests to run; absent: all tests of the files, except `done` ones. */
  readonly wanted?: readonly TestId[];
  /** Without `wanted`: tests that need not run again. */
  readonly done?: readonly TestId[];
  /** Somebody watches the tests and may hold them: see `run/cell/attendant.ts`. */
  readonly isAttended?: boolean;
  /** Attended: each call waits until somebody has seen the guest before it. */
  readonly holdsCalls?: boolean;
  /** As scaled for this host. */
  readonly limits: {
    readonly bootTimeoutMs: number;
    readonly callTimeoutMs: number;
    readonly testTimeoutMs: number;
    readonly settleTimeoutMs: number;
    readonly healthTimeoutMs: number;
    readonly leaseGraceMs: number;
  };
}

/** By path of each spec file: digests of itself and everything it has imported, by path. */
export type ModulesByFile = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type ToWorker =
  | WorkerStart
  | { readonly type: 'leased'; readonly id: number; readonly lease: LeasedGuest }
  | { readonly type: 'answered'; readonly id: number; readonly result: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly error: WireError }
  /** The guest or its agent has ended or panicked: no pending call will be answered. */
  | { readonly type: 'lost'; readonly guest: number };

export type FromWorker =
  /** Those to run now, and all tests of the files. */
  | {
      readonly type: 'tests';
      readonly tests: readonly TestId[];
      readonly all: readonly TestId[];
    }
  | { readonly type: 'modules'; readonly modules: ModulesByFile }
  | { readonly type: 'test-begin'; readonly test: TestId }
  /** Asks for a usable guest: the current one or a fresh one. */
  | { readonly type: 'lease'; readonly id: number; readonly isBooted: boolean }
  | {
      readonly type: 'call';
      readonly id: number;
      /** Number of the guest that the call is for. */
      readonly guest: number;
      readonly method: string;
      readonly params: object;
      readonly timeoutMs: number;
    }
  /** A call of the test got no answer: take a picture before anything is cleaned up. */
  | { readonly type: 'picture'; readonly id: number; readonly guest: number }
  /** Attended: a call of the running test. */
  | { readonly type: 'traced'; readonly call: TracedCall }
  /** Attended: the running test is about to make a call, and waits until this is answered. */
  | { readonly type: 'before-call'; readonly id: number }
  /** Attended: the running test has failed, and nothing is cleaned up until this is answered. */
  | { readonly type: 'failed'; readonly id: number }
  | { readonly type: 'test-end'; readonly test: TestId; readonly result: TestResult }
  | { readonly type: 'done' };

/** An error that crosses the IPC and keeps its kind. */
export type WireError =
  | { readonly kind: 'guest'; readonly code: string; readonly message: string }
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'oversized'; readonly message: string };
