/** What happens at the prompt of `--rewind`: one try after the other, each from the same state. */
import { join } from 'node:path';
import { editRequest } from '../../../agents/kata/edit-request.ts';
import { InfraError, UsageError } from '../../../errors.ts';
import { stampCellEvents } from '../../../events.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import type { AgentFiles } from '../../../prepare/agent-files.ts';
import type { Colors } from '../../../reporters/paint.ts';
import type { Original } from '../../../reproduce/original.ts';
import type { AttendedTest } from '../../../run/cell/attendant.ts';
import { failingCall, type RepeatableCall } from '../../../trace/repeatable-calls.ts';
import type { TracedCall } from '../../../trace/traced-call.ts';
import type { Decision } from '../../../verdict/decide.ts';
import { LinesLog } from '../../lines-log.ts';
import { shownFolder } from '../../shown-folder.ts';
import { LiveStream } from '../live-stream.ts';
import type { RowPrinter } from '../row-printer.ts';
import type { LineReader } from './read-lines.ts';
import { readRequest } from './read-request.ts';
import { describePlace, type RetriedTest, retry } from './retry.ts';
import { parseRetryCommand, RETRY_HELP, type RetryCommand } from './retry-command.ts';
import type { RewindOptions } from './rewind-options.ts';
import type { SavedStates } from './saved-states.ts';
import { tellRetry } from './tell-retry.ts';

export interface SessionOptions {
  readonly at: AttendedTest & RetriedTest;
  readonly original: Original;
  readonly calls: readonly RepeatableCall[];
  readonly states: SavedStates;
  readonly findAgent: (word: string) => Promise<AgentFiles>;
  /** For the logs of the tries. */
  readonly folder: string;
  readonly lines: LineReader;
  readonly printer: RowPrinter;
  readonly colors: Colors;
  readonly signal: AbortSignal;
}

const HOW_ENDED: Readonly<Record<RepeatableCall['recorded'], string>> = {
  answered: 'answered',
  refused: 'refused',
  timeout: 'not answered in its limit',
  lost: 'not answered',
};

type Try = Extract<RetryCommand, { readonly kind: 'try' }>;

export class RewindSession {
  readonly #options: SessionOptions;
  #call: RepeatableCall;
  #agent: { readonly name: string; readonly files: AgentFiles } | undefined;
  #tries = 0;

  /** Undefined if the test has made no call that could be made again. */
  static begin(options: SessionOptions): RewindSession | undefined {
    const call = failingCall(options.calls);
    return call === undefined ? undefined : new RewindSession(options, call);
  }

  private constructor(options: SessionOptions, call: RepeatableCall) {
    this.#options = options;
    this.#call = call;
  }

  /** @param first What is done before anything is read: a try, if there is anything to it. */
  async run(first: RewindOptions): Promise<void> {
    const { lines, signal } = this.#options;
    this.#greet();
    if (first.call !== undefined) await this.#do({ kind: 'call', number: first.call });
    if (first.agent !== undefined) await this.#do({ kind: 'agent', path: first.agent });
    const { call, agent, request: file, set: changes = [] } = first;
    if ([call, agent, file].some((one) => one !== undefined) || changes.length > 0) {
      await this.#do({ kind: 'try', changes, ...omitUndefined({ file }) });
    }
    while (!signal.aborted) {
      const line = await lines.next();
      const command = line === undefined ? undefined : parseRetryCommand(line);
      if (command === undefined || command.kind === 'quit') break;
      await this.#do(command);
    }
    if (this.#tries > 0) this.#say(`logs of what was tried: ${shownFolder(this.#options.folder)}`);
  }

  /** Whatever the user got wrong is said, and costs nothing. */
  async #do(command: RetryCommand): Promise<void> {
    try {
      await this.#follow(command);
    } catch (error) {
      if (this.#options.signal.aborted) return;
      if (!(error instanceof UsageError || error instanceof InfraError)) throw error;
      this.#say(error.message, this.#options.colors.red);
      if (error.remedy !== undefined) this.#options.printer.detail('', error.remedy);
    }
  }

  async #follow(command: RetryCommand): Promise<void> {
    const { calls, printer, findAgent } = this.#options;
    switch (command.kind) {
      case 'try':
        return await this.#try(command);
      case 'call': {
        const call = calls.find(({ number }) => number === command.number);
        if (call === undefined) throw unknownCall(command.number);
        this.#call = call;
        return this.#say(`from now on: the state before call ${call.number} ${call.call}`);
      }
      case 'agent': {
        const { path: name } = command;
        this.#agent = name === undefined ? undefined : { name, files: await findAgent(name) };
        return this.#say(`from now on: ${name ?? 'the agent of the test'}`);
      }
      case 'show':
        for (const line of JSON.stringify(this.#call.request, undefined, 2).split('\n')) {
          printer.command(line);
        }
        return;
      case 'calls':
        for (const { number, call, recorded } of calls) {
          const mark = number === this.#call.number ? '>' : ' ';
          printer.command(`${mark} ${number} ${call}: ${HOW_ENDED[recorded]}`);
        }
        return;
      case 'help':
        for (const [usage, what] of RETRY_HELP) printer.command(`${usage.padEnd(19)} ${what}`);
        return;
      case 'wrong':
        return this.#say(command.why);
      case 'nothing':
      case 'quit':
    }
  }

  async #try({ changes, file }: Try): Promise<void> {
    const { at, calls, states, original, colors } = this.#options;
    const { call, request: recorded } = this.#call;
    const base = file === undefined ? recorded : await readRequest(file);
    const request = changes.reduce(
      (edited, { path, text }) => editRequest(call, edited, path, text),
      base,
    );
    const agent = this.#agent?.files;
    const state = agent === undefined ? states.find(this.#call.number) : undefined;
    const plan = { calls, call: this.#call, request, ...omitUndefined({ state, agent }) };
    this.#tries += 1;
    this.#say(describePlace(plan));
    const decision = await this.#watched((view) => retry(at, plan, view));
    if (this.#options.signal.aborted) return;
    const { outcome, line } = tellRetry(original, this.#call, decision);
    this.#say(line, outcome === 'reproduced' ? colors.green : colors.yellow);
  }

  /** Shows and records one try like the test itself. */
  async #watched(
    tryAgain: (view: Parameters<typeof retry>[2]) => Promise<Decision>,
  ): Promise<Decision> {
    const { at, folder: all, printer, colors } = this.#options;
    const { cell, test } = at;
    const folder = join(all, String(this.#tries));
    using trace = new LinesLog<TracedCall>(join(folder, 'trace.jsonl'));
    const live = new LiveStream({ printer, colors, test, showsBoot: false });
    const emit = stampCellEvents(cell.id, (event) => live.onEvent(event));
    const decision = await tryAgain({
      watcher: { folder, emit, onOutput: (printed) => live.onOutput(printed) },
      onReady: () => emit({ type: 'test-begin', test }),
      note: (sentence) => printer.row({ label: 'note', text: sentence, paint: colors.yellow }),
      onCall(call) {
        trace.add(call);
        live.onCall(call);
      },
    });
    live.end();
    trace.check();
    return decision;
  }

  #greet(): void {
    const { number, call } = this.#call;
    const state = this.#options.states.find(number);
    const how = state?.number === number ? `saved in ${state.savedInMs} ms` : 'which is not saved';
    const { bold } = this.#options.colors;
    this.#say(`\neach try begins in the state before call ${number} ${call}, ${how}`, bold);
    this.#say('help lists what can be typed');
  }

  #say(sentence: string, paint?: (text: string) => string): void {
    this.#options.printer.line(sentence, paint);
  }
}

function unknownCall(number: number): UsageError {
  return new UsageError(`the test has made no call ${number} that could be made again`, {
    ...{ code: 'CALL_UNKNOWN', remedy: "'calls' lists those that it has made" },
  });
}
