import type { CallEvent, CallObserver } from '../agents/agent.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { TracedCall } from './traced-call.ts';

export interface CallTracerOptions {
  /** Monotonic, in milliseconds. */
  readonly nowMs: () => number;
  readonly onCall: (call: TracedCall) => void;
  /** The number of a test's first call. Default: 1. */
  readonly first?: number;
}

interface OpenCall {
  /** Counts tests. */
  readonly test: number;
  readonly number: number;
  readonly beginMs: number;
}

/** Turns what happens on connections to agents into the calls of one test after the other. */
export class CallTracer {
  readonly #options: CallTracerOptions;
  #tests = 0;
  #calls = 0;
  #beginMs = 0;
  #isPaused = false;

  constructor(options: CallTracerOptions) {
    this.#options = options;
  }

  /** A test begins: calls of the one before it that are still open are no part of it. */
  beginTest(): void {
    this.#tests += 1;
    this.#calls = (this.#options.first ?? 1) - 1;
    this.#beginMs = this.#options.nowMs();
  }

  /** The observer of one connection. */
  openConnection(): CallObserver {
    /** By id within the connection. */
    const open = new Map<number, OpenCall>();
    return (event) => {
      if (event.state === 'begin') this.#begin(event, open);
      else this.#end(event, open);
    };
  }

  /** A call that begins now is left out. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Makes a call of our own, which is no part of the test. */
  async leaveOut<T>(call: () => Promise<T>): Promise<T> {
    this.#isPaused = true;
    // A connection reports the begin before it first waits.
    const answer = call();
    this.#isPaused = false;
    return await answer;
  }

  #begin({ id, call, request }: CallEvent & { readonly state: 'begin' }, open: OpenCalls): void {
    if (this.#isPaused) return;
    this.#calls += 1;
    const number = this.#calls;
    const nowMs = this.#options.nowMs();
    open.set(id, { test: this.#tests, number, beginMs: nowMs });
    this.#emit({ number, call, state: 'begin', ...omitUndefined({ request }) }, nowMs);
  }

  #end(event: EndEvent, open: OpenCalls): void {
    const begun = open.get(event.id);
    open.delete(event.id);
    if (begun === undefined || begun.test !== this.#tests) return;
    const nowMs = this.#options.nowMs();
    const afterMs = Math.round(nowMs - begun.beginMs);
    this.#emit({ number: begun.number, call: event.call, ...endOf(event), afterMs }, nowMs);
  }

  #emit(call: Omit<TracedCall, 'atMs'>, nowMs: number): void {
    this.#options.onCall({ ...call, atMs: Math.round(nowMs - this.#beginMs) });
  }
}

type OpenCalls = Map<number, OpenCall>;
type EndEvent = Exclude<CallEvent, { readonly state: 'begin' }>;

function endOf(event: EndEvent): Pick<TracedCall, 'state' | 'answer' | 'error'> {
  if (event.state === 'failed') return { state: event.why === 'timeout' ? 'timeout' : 'lost' };
  const { answer, error } = event;
  if (error !== undefined) return { state: 'refused', error };
  return { state: 'answered', ...omitUndefined({ answer }) };
}
