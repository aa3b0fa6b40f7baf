import { type Definition, toChoice, toSymbol } from './definitions.ts';
import type { KconfigChoice, KconfigSymbol, KconfigTree } from './kconfig-tree.ts';

/** Collects definitions while files are read: a symbol may have several, in several files. */
export class DefinitionTable {
  readonly #symbols = new Map<string, Definition[]>();
  readonly #choices: Definition[] = [];
  readonly #choiceOf = new Map<string, Definition>();

  addChoice(choice: Definition): void {
    this.#choices.push(choice);
  }

  /** @param choice That it is a member of. */
  addSymbol(name: string, definition: Definition, choice: Definition | undefined): void {
    const definitions = this.#symbols.get(name);
    if (definitions === undefined) this.#symbols.set(name, [definition]);
    else definitions.push(definition);
    if (choice === undefined) return;
    choice.members.push(name);
    this.#choiceOf.set(name, choice);
  }

  /** Once all definitions are complete. */
  finish(): Pick<KconfigTree, 'symbols' | 'choices'> {
    const choices = new Map<Definition, KconfigChoice>();
    for (const definition of this.#choices) {
      const first = this.#symbols.get(definition.members[0] ?? '')?.[0]?.type ?? 'bool';
      choices.set(definition, toChoice(definition, first));
    }
    const symbols = new Map<string, KconfigSymbol>();
    for (const [name, definitions] of this.#symbols) {
      const choice = this.#choiceOf.get(name);
      symbols.set(name, toSymbol(name, definitions, choice && choices.get(choice)));
    }
    return { symbols, choices: [...choices.values()] };
  }
}
