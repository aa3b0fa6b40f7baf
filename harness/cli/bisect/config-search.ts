/** The steps of a search over configurations: completed, built, measured, kept and told to people. */
import { relative } from 'node:path';
import { type Changes, changesIn, configWith } from '../../bisect/change.ts';
import { stepsLeft } from '../../bisect/describe-culprits.ts';
import {
  type Answer,
  type ChangeSet,
  type Configured,
  Probe,
  type Question,
} from '../../bisect/probe.ts';
import type { Step } from '../../bisect/state.ts';
import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count, describeDuration } from '../../phrases.ts';
import type { Completed, ConfigBench } from './config-bench.ts';
import type { Journal } from './journal.ts';
import type { Measurer } from './measure.ts';

export interface ConfigSearchOptions {
  readonly bench: ConfigBench;
  readonly measurer: Pick<Measurer, 'measure'>;
  readonly journal: Journal;
  /** A line for people. */
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SearchedChanges {
  /** The configuration without any of them. */
  readonly from: KernelConfig;
  readonly changes: Changes;
  readonly answerOf: (step: Step) => Answer;
}

export class ConfigSearch {
  readonly #options: ConfigSearchOptions;
  readonly #completed = new Map<string, Completed>();
  #asked = 0;

  constructor(options: ConfigSearchOptions) {
    this.#options = options;
  }

  /** Measures a configuration, unless that has been done before. Rejects if the search is aborted. */
  async measure(name: string, completed: Completed, changes: number): Promise<Step> {
    const { journal, measurer, bench, print, signal } = this.#options;
    this.#completed.set(completed.digest, completed);
    const known = journal.find(completed.digest);
    if (known !== undefined) {
      print(`  ${describeStep(known)} (measured before)`);
      return known;
    }
    signal.throwIfAborted();
    const begin = performance.now();
    const measured = await measurer.measure(bench.kernelWith(name, completed));
    const { outcome, verdict, signature, why, folder } = measured;
    const step: Step = {
      ...{ config: completed.digest, name, changes, outcome, why },
      ...omitUndefined({ verdict, signature }),
      folder: relative(journal.folder, folder),
      durationMs: Math.round(performance.now() - begin),
    };
    journal.add(step);
    print(`  ${describeStep(step)} (${describeDuration(step.durationMs)})`);
    return step;
  }

  /** Asks about sets of changes. */
  createProbe({ from, changes, answerOf }: SearchedChanges): Probe {
    return new Probe({
      configure: async (made: ChangeSet): Promise<Configured> => {
        this.#options.signal.throwIfAborted();
        const completed = await this.#options.bench.complete(configWith(from, changes, made));
        this.#completed.set(completed.digest, completed);
        return { key: completed.digest, changes: changesIn(completed.effective, changes) };
      },
      measure: async (question) => answerOf(await this.#step(question, changes.changes.size)),
    });
  }

  /** A configuration that was completed in this search. */
  completed(digest: string): Completed {
    const completed = this.#completed.get(digest);
    if (completed === undefined) throw new Error(`Expected the configuration ${digest}`);
    return completed;
  }

  async #step({ key, changes, left }: Question, all: number): Promise<Step> {
    const { print, journal } = this.#options;
    this.#asked += 1;
    const about = this.#asked - 1 + stepsLeft(left);
    print(
      `step ${this.#asked} of about ${about}: ${changes.size} of ${count(all, 'symbol')} changed`,
    );
    const name = journal.find(key)?.name ?? this.#freeName();
    return await this.measure(name, this.completed(key), changes.size);
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
