/**
 * The macro language of Kconfig (Documentation/kbuild/kconfig-macro-language.rst): variables, functions,
 * and `$(shell,…)`, which only the caller can answer.
 */

/** A call of a function whose arguments are known: `$(cc-option,-fno-builtin)`. */
export interface MacroCall {
  readonly name: string;
  readonly arguments: readonly string[];
}

/** The value of a call, or undefined if it is not known; then the function's definition is tried. */
export type EvaluateMacro = (call: MacroCall) => string | undefined;

export interface Expansion {
  readonly text: string;
  /** If not, the text is what was written. */
  readonly isKnown: boolean;
}

export type Assignment = '=' | ':=' | '+=';

interface Variable {
  readonly value: string;
  /** Assigned by `:=`: what it had to expand is expanded. */
  readonly isSimple: boolean;
  readonly isKnown: boolean;
}

const DEPTH_MAX = 32;
/** A file of a few lines can otherwise expand to more than fits into memory. Linux 6.12 takes 0.3 million. */
const CHARACTERS_MAX = 4_000_000;

export class Macros {
  readonly #variables = new Map<string, Variable>();
  readonly #evaluate: EvaluateMacro | undefined;
  #charactersLeft = CHARACTERS_MAX;

  constructor(variables: Readonly<Record<string, string>>, evaluate?: EvaluateMacro) {
    for (const [name, value] of Object.entries(variables)) {
      this.#variables.set(name, { value, isSimple: true, isKnown: true });
    }
    this.#evaluate = evaluate;
  }

  assign(name: string, operator: Assignment, value: string): void {
    const before = this.#variables.get(name);
    const isSimple = operator === ':=' || (operator === '+=' && before?.isSimple === true);
    const own = isSimple ? this.expand(value) : { text: value, isKnown: true };
    if (operator !== '+=' || before === undefined) {
      this.#variables.set(name, { value: own.text, isSimple, isKnown: own.isKnown });
      return;
    }
    const joined = `${before.value} ${own.text}`;
    if (!this.#take(joined)) return;
    this.#variables.set(name, {
      value: joined,
      isSimple: before.isSimple,
      isKnown: before.isKnown && own.isKnown,
    });
  }

  expand(text: string): Expansion {
    return text.includes('$(') ? this.#expand(text, [], 0) : { text, isKnown: true };
  }

  #expand(text: string, parameters: readonly string[], depth: number): Expansion {
    const parts: string[] = [];
    let at = 0;
    for (;;) {
      const start = text.indexOf('$(', at);
      const end = start === -1 ? -1 : endOfCall(text, start + 2);
      if (end === -1) break;
      const call = this.#call(text.slice(start + 2, end), parameters, depth);
      if (call === undefined) return { text, isKnown: false };
      parts.push(text.slice(at, start), call);
      at = end + 1;
    }
    const expanded = parts.join('') + text.slice(at);
    return this.#take(expanded) ? { text: expanded, isKnown: true } : { text, isKnown: false };
  }

  /** Undefined if its value is not known. */
  #call(inner: string, parameters: readonly string[], depth: number): string | undefined {
    if (depth === DEPTH_MAX) return undefined;
    const words = splitArguments(inner).map((word) => this.#expand(word, parameters, depth + 1));
    if (words.some(({ isKnown }) => !isKnown)) return undefined;
    const [name = '', ...given] = words.map(({ text }) => text);
    if (/^\d+$/.test(name)) return parameters[Number(name) - 1] ?? '';
    const answer = given.length > 0 ? this.#evaluate?.({ name, arguments: given }) : undefined;
    if (answer !== undefined) return answer;
    const variable = this.#variables.get(name);
    if (variable === undefined) return BUILT_IN.get(name)?.(given);
    if (!variable.isKnown) return undefined;
    if (variable.isSimple) return variable.value;
    const expansion = this.#expand(variable.value, given, depth + 1);
    return expansion.isKnown ? expansion.text : undefined;
  }

  #take({ length }: string): boolean {
    this.#charactersLeft -= length;
    return this.#charactersLeft >= 0;
  }
}

/** They print, and end the build or do nothing: nothing that a reader of the tree could use. */
const BUILT_IN: ReadonlyMap<string, (given: readonly string[]) => string | undefined> = new Map(
  ['error-if', 'warning-if', 'info'].map((name) => [name, () => '']),
);

/** Where the call's parenthesis closes; -1 if it does not. */
export function endOfCall(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** At the commas that are in no parentheses. */
function splitArguments(inner: string): readonly string[] {
  const words: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < inner.length; at += 1) {
    const character = inner[at];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      words.push(inner.slice(start, at));
      start = at + 1;
    }
  }
  return [...words, inner.slice(start)];
}
