/** The steps of a search over configurations: completed, built, measured, kept and told to people. */
import { relative } from 'node:path';
import { type Changes, changesIn, configWith } from '../../bisect/change.ts';
import { symbolStepsLeft } from '../../bisect/describe-culprits.ts';
import { lookAhead, type RepeatableSearch } from '../../bisect/look-ahead.ts';
import {
  type Answer,
  type ChangeSet,
  type Configured,
  Probe,
  type Question,
} from '../../bisect/probe.ts';
import type { ConfigSearchKind, Step } from '../../bisect/search-state.ts';
import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count, describeDuration } from '../../phrases.ts';
import type { BuildAhead } from './build-ahead.ts';
import type { Completed, ConfigBench } from './config-bench.ts';
import type { Journal } from './journal.ts';
import type { Measurer } from './measure.ts';

export interface ConfigSearchOptions {
  readonly bench: ConfigBench;
  readonly measurer: Pick<Measurer, 'measure'>;
  readonly journal: Journal<ConfigSearchKind>;
  /** Absent: kernels are built one after the other, when they are measured. */
  readonly builds?: BuildAhead;
  /** A line for people. */
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SearchedChanges {
  /** The configuration without any of them. */
  readonly from: KernelConfig;
  readonly changes: Changes;
  readonly answerOf: (step: Step) => Answer;
  /** What was measured before, by digest of the configuration. */
  readonly known: RepeatableSearch['known'];
}

export class ConfigSearch {
  readonly #options: ConfigSearchOptions;
  readonly #completed = new Map<string, Completed>();
  #asked = 0;

  constructor(options: ConfigSearchOptions) {
    this.#options = options;
  }

  /**
   * Measures a configuration, unless that has been done before. Rejects if the search is aborted.
   * @param next Those that may be measured next.
   */
  async measure(
    name: string,
    completed: Completed,
    changes: number,
    next: AsyncIterable<Completed> = nothing(),
  ): Promise<Step> {
    const { journal, measurer, bench, builds, print, signal } = this.#options;
    this.#completed.set(completed.digest, completed);
    const known = journal.find(completed.digest);
    if (known !== undefined) {
      print(`  ${describeStep(known)} (measured before)`);
      return known;
    }
    signal.throwIfAborted();
    const begin = performance.now();
    const measure = async () => await measurer.measure(bench.kernelWith(name, completed));
    const wasAhead = builds?.has(completed) ?? false;
    const measured = await (builds?.during(completed, next, measure) ?? measure());
    const { outcome, verdict, signature, why, folder } = measured;
    const step: Step = {
      ...{ key: completed.digest, name, changes, outcome, why },
      ...omitUndefined({ verdict, signature }),
      folder: relative(journal.folder, folder),
      durationMs: Math.round(performance.now() - begin),
    };
    journal.add(step);
    const took = `${describeDuration(step.durationMs)}${wasAhead ? ', built ahead' : ''}`;
    print(`  ${describeStep(step)} (${took})`);
    return step;
  }

  /**
   * Runs a search that asks about sets of changes.
   * @param run May be called several times, also with answers that are only supposed.
   */
  async run<T>(
    { from, changes, answerOf, known }: SearchedChanges,
    run: (probe: Probe) => Promise<T>,
  ): Promise<{ readonly found: T; readonly measured: number }> {
    const configure = remember(async (made, isAhead): Promise<Configured> => {
      this.#options.signal.throwIfAborted();
      const text = configWith(from, changes, made);
      const completed = await this.#options.bench.complete(text, { isAhead });
      this.#completed.set(completed.digest, completed);
      return { key: completed.digest, changes: changesIn(completed.effective, changes) };
    });
    const answered = new Map<string, Answer>();
    const search = { run, known, configure: (made: ChangeSet) => configure(made, true) };
    const probe = new Probe({
      configure: (made) => configure(made, false),
      measure: async (question) => {
        const next = this.#unmeasured(lookAhead(search, question, answered));
        const answer = answerOf(await this.#step(question, changes.changes.size, next));
        answered.set(question.key, answer);
        return answer;
      },
    });
    for (const [key, answer] of known) probe.know(key, answer);
    return { found: await run(probe), measured: probe.measured };
  }

  /** A configuration that was completed in this search. */
  completed(digest: string): Completed {
    const completed = this.#completed.get(digest);
    if (completed === undefined) throw new Error(`Expected the configuration ${digest}`);
    return completed;
  }

  async #step(
    { key, changes, left }: Question,
    all: number,
    next: AsyncIterable<Completed>,
  ): Promise<Step> {
    const { print, journal } = this.#options;
    this.#asked += 1;
    const about = this.#asked - 1 + symbolStepsLeft(left);
    print(
      `step ${this.#asked} of about ${about}: ${changes.size} of ${count(all, 'symbol')} changed`,
    );
    const name = journal.find(key)?.name ?? this.#freeName();
    return await this.measure(name, this.completed(key), changes.size, next);
  }

  async *#unmeasured(questions: AsyncIterable<Question>): AsyncGenerator<Completed> {
    for await (const { key } of questions) {
      if (this.#options.journal.find(key) === undefined) yield this.completed(key);
    }
  }

  #freeName(): string {
    const taken = new Set(this.#options.journal.steps.map(({ name }) => name));
    for (let number = 1; ; number++) {
      if (!taken.has(`step-${number}`)) return `step-${number}`;
    }
  }
}

/** `bad: agent-panic s2-0123456789ab: …` */
function describeStep({ outcome, why }: Step): string {
  return `${outcome}: ${why}`;
}

async function* nothing(): AsyncGenerator<never> {}

type Configure = (changes: ChangeSet, isAhead: boolean) => Promise<Configured>;

/** A search that looks ahead asks for the same sets over and over. */
function remember(configure: Configure): Configure {
  const known = new Map<string, Promise<Configured>>();
  return (changes, isAhead) => {
    const name = [...changes].sort().join(' ');
    const before = known.get(name);
    if (before !== undefined) return before;
    const configuring = configure(changes, isAhead);
    known.set(name, configuring);
    return configuring;
  };
}
