/** Symbols whose value is that of the other configuration. */
export type ChangeSet = ReadonlySet<string>;

/** Whether a kernel shows what is looked for: a failure, or that a test passes. */
export type Answer = 'yes' | 'no' | 'unclear';

/** What Kconfig makes of a set of changes. */
export interface Configured {
  /** The same for configurations that are the same, whatever was asked for. */
  readonly key: string;
  /** The changes that took effect, with those that came along. */
  readonly changes: ChangeSet;
}

/** What a search knows when it asks, for people who wait. */
export interface Question {
  readonly key: string;
  readonly changes: ChangeSet;
  /** How many changes the search still has to decide between. */
  readonly left: number;
}

export interface ProbeOptions {
  readonly configure: (changes: ChangeSet) => Promise<Configured>;
  /** Builds, boots and tests; called once for each key. */
  readonly measure: (question: Question) => Promise<Answer>;
}

export interface Probed extends Configured {
  readonly answer: Answer;
}

/** Asks about sets of changes, and about no configuration twice. */
export class Probe {
  readonly #options: ProbeOptions;
  readonly #configured = new Map<string, Promise<Configured>>();
  readonly #answers = new Map<string, Answer>();
  #measured = 0;
  #unclear = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /** How many configurations were measured. */
  get measured(): number {
    return this.#measured;
  }

  /** How many of them were unclear. */
  get unclear(): number {
    return this.#unclear;
  }

  /** The answer for a configuration that was measured elsewhere. */
  know(key: string, answer: Answer): void {
    this.#answers.set(key, answer);
  }

  configure(changes: ChangeSet): Promise<Configured> {
    const name = [...changes].sort().join(' ');
    const known = this.#configured.get(name);
    if (known !== undefined) return known;
    const configuring = this.#options.configure(changes);
    this.#configured.set(name, configuring);
    return configuring;
  }

  async ask(configured: Configured, left: number): Promise<Answer> {
    const known = this.#answers.get(configured.key);
    if (known !== undefined) return known;
    const answer = await this.#options.measure({ ...configured, left });
    this.#measured += 1;
    if (answer === 'unclear') this.#unclear += 1;
    this.#answers.set(configured.key, answer);
    return answer;
  }

  async probe(changes: ChangeSet, left: number): Promise<Probed> {
    const configured = await this.configure(changes);
    return { ...configured, answer: await this.ask(configured, left) };
  }
}
