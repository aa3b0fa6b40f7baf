/** Prints what happens in one try, as it happens: console, the agent's log, calls. */
import { type GuestOrigin, isSameTest, type RunEvent, type TestId } from '../../events.ts';
import type { OutputStream } from '../../live-guest/guest-output.ts';
import type { PrintedOutput } from '../../live-guest/live-guest.ts';
import { count } from '../../phrases.ts';
import type { Colors } from '../../reporters/paint.ts';
import type { TestAttendant } from '../../run/cell/attendant.ts';
import { renderAgentLine } from '../../trace/agent-line.ts';
import { renderCall } from '../../trace/render-call.ts';
import type { CallState, TracedCall } from '../../trace/traced-call.ts';
import { BacktraceFold } from './fold-backtrace.ts';
import type { Row, RowPrinter } from './row-printer.ts';
import { StreamLines } from './stream-lines.ts';

export interface LiveStreamOptions {
  readonly printer: RowPrinter;
  readonly colors: Colors;
  readonly test: TestId;
  /** Also what guests print before the test begins. */
  readonly showsBoot: boolean;
}

/** Of one stream of a guest: what prints without end must not bury the rest. */
const LINES_MAX = 2000;

const LABELS: Readonly<Record<OutputStream, string>> = {
  console: 'console',
  'agent-stdout': 'agent',
  'agent-stderr': 'agent',
};

const STARTED: Readonly<Record<GuestOrigin, string>> = {
  boot: 'booted',
  L1: 'restored with init ready, agent started',
  L2: 'restored with its agent healthy',
};

export class LiveStream implements TestAttendant {
  readonly #options: LiveStreamOptions;
  readonly #streams = new Map<string, StreamLines>();
  readonly #folds: BacktraceFold[] = [];
  #beginMs: number | undefined;
  #unshown = 0;
  #from: GuestOrigin = 'boot';

  constructor(options: LiveStreamOptions) {
    this.#options = options;
  }

  onOutput({ guest, stream, chunk }: PrintedOutput): void {
    const key = `${guest}/${stream}`;
    const lines = this.#streams.get(key) ?? this.#openStream(stream);
    this.#streams.set(key, lines);
    lines.push(chunk);
  }

  onCall(call: TracedCall): void {
    const { printer } = this.#options;
    const text = renderCall(call, printer.lengthMax);
    printer.row({ label: 'call', atMs: call.atMs, text, paint: this.#paintOf(call.state) });
  }

  onEvent(event: RunEvent): void {
    const { colors, test } = this.#options;
    if (event.type === 'test-begin' && isSameTest(event.test, test)) this.#begin();
    if (event.type === 'guest-begin') this.#from = event.from;
    if (event.type === 'guest-ready') {
      const text = `${STARTED[this.#from]} in ${event.bootMs} ms${this.#describeUnshown()}`;
      this.#row({ label: 'guest', text });
    }
    if (event.type === 'finding') {
      const { class: kind, title, signature } = event.finding;
      this.#row({ label: 'found', text: `${kind} ${title} ${signature}`, paint: colors.red });
    }
    if (event.type === 'note' || event.type === 'cell-failed' || event.type === 'kernel-failed') {
      this.#row({ label: 'note', text: event.message, paint: colors.yellow });
    }
  }

  /** A system call of the agent. */
  onSystemCall(line: string): void {
    this.#row({ label: 'strace', text: line });
  }

  /** Nothing more comes: what has no line feed is shown, too. */
  end(): void {
    for (const lines of this.#streams.values()) lines.end();
    for (const fold of this.#folds) fold.end();
  }

  #begin(): void {
    this.#beginMs = performance.now();
  }

  #describeUnshown(): string {
    if (this.#unshown === 0) return '';
    return `; ${count(this.#unshown, 'line')} of its start ${this.#unshown === 1 ? 'is' : 'are'} in its logs`;
  }

  #openStream(stream: OutputStream): StreamLines {
    const { colors, showsBoot } = this.#options;
    const isConsole = stream === 'console';
    const paint = isConsole ? colors.dim : undefined;
    const render = isConsole ? (line: string) => line : renderAgentLine;
    let shown = 0;
    const show = (text: string): void => {
      if (this.#beginMs === undefined && !showsBoot) this.#unshown += 1;
      else if (shown < LINES_MAX) {
        shown += 1;
        this.#row({ label: LABELS[stream], text: render(text), ...(paint && { paint }) });
        if (shown === LINES_MAX)
          this.#row({ label: LABELS[stream], text: '… the rest is in its log' });
      }
    };
    const fold = new BacktraceFold(show);
    this.#folds.push(fold);
    return new StreamLines((text) => {
      if (text.trim() !== '') fold.push(text);
    });
  }

  #row(row: Row): void {
    const atMs = this.#beginMs === undefined ? undefined : performance.now() - this.#beginMs;
    this.#options.printer.row({ atMs, ...row });
  }

  #paintOf(state: CallState): (text: string) => string {
    const { colors } = this.#options;
    if (state === 'begin' || state === 'answered') return colors.cyan;
    return state === 'refused' ? colors.yellow : colors.red;
  }
}
