/**
 * The configuration that `make olddefconfig` would make of some requests (scripts/kconfig/symbol.c). It needs no
 * compiler, and shows what a request leads to before anything is configured.
 */
import { isText } from './config-values.ts';
import { evaluate, textOf, type ValueOf } from './evaluate.ts';
import { allOf, isOperand } from './expression.ts';
import { impliersOf, selectorsOf } from './graph.ts';
import type { Default, KconfigChoice, KconfigSymbol, KconfigTree } from './kconfig-tree.ts';
import { isInRange } from './range.ts';
import { asTristate, higher, lower, type Tristate, type Truth } from './tristate.ts';

/** No chain of dependencies in Linux 7 is deeper; below that, `fallback` decides. */
const DEPTH_MAX = 300;

/**
 * Values of all symbols if these are asked for, each worked out when it is needed. `asked` has what a `.config` would have, by
 * symbol, texts without quotation marks; undefined for a symbol that it does not have. What depends on a macro that is
 * not known, or on itself, is as `fallback` says: the effective configuration of a tree answers what its
 * compiler can do.
 */
export function calculate(tree: KconfigTree, asked: ValueOf, fallback: ValueOf): ValueOf {
  const calculation = new Calculation(tree, asked, fallback);
  return (name) => calculation.value(name);
}

class Calculation {
  readonly #tree: KconfigTree;
  readonly #asked: ValueOf;
  readonly #fallback: ValueOf;
  readonly #values = new Map<string, string | undefined>();
  readonly #underWay = new Set<string>();
  readonly #chosen = new Map<KconfigChoice, string | undefined>();

  constructor(tree: KconfigTree, asked: ValueOf, fallback: ValueOf) {
    this.#tree = tree;
    this.#asked = asked;
    this.#fallback = fallback;
  }

  readonly value = (name: string): string | undefined => {
    if (this.#values.has(name)) return this.#values.get(name);
    const symbol = this.#tree.symbols.get(name);
    if (symbol === undefined) return undefined;
    if (this.#underWay.has(name) || this.#underWay.size >= DEPTH_MAX) return this.#fallback(name);
    this.#underWay.add(name);
    const value = isText(symbol) ? this.#text(symbol) : this.#tristate(symbol);
    this.#underWay.delete(name);
    this.#values.set(name, value);
    return value;
  };

  #tristate(symbol: KconfigSymbol): string | undefined {
    const isBool = symbol.type !== 'tristate' || this.#hasNoModules(symbol);
    const limit = (value: Tristate): Tristate => (isBool && value === 'm' ? 'y' : value);
    const visible = this.#visibility(symbol);
    if (visible === undefined) return this.#fallback(symbol.name);
    if (symbol.choice !== undefined && limit(visible) === 'y') {
      const chosen = this.#choose(symbol.choice);
      if (chosen.isDecided) return chosen.member === symbol.name ? 'y' : 'n';
    }
    const asked = visible === 'n' ? undefined : this.#asked(symbol.name);
    const own =
      asked === undefined ? this.#default(symbol) : lower(asTristate(asked), limit(visible));
    const selected = this.#selected(symbol);
    if (own === undefined || selected === undefined) return this.#fallback(symbol.name);
    return limit(higher(own, selected));
  }

  #hasNoModules({ isModules }: KconfigSymbol): boolean {
    return !isModules && this.value('MODULES') !== 'y';
  }

  /** How far a prompt that is shown allows to go. */
  #visibility({ prompts, dependsOn }: KconfigSymbol): Truth {
    let visible: Truth = 'n';
    for (const { visibleIf } of prompts) {
      const value = this.#evaluate(allOf([dependsOn, visibleIf]));
      if (value === undefined || visible === undefined) visible = undefined;
      else visible = higher(visible, value);
    }
    return visible;
  }

  /** From defaults, and what implies it; for a symbol that cannot be or was not requested. */
  #default(symbol: KconfigSymbol): Truth {
    const depends = this.#evaluate(symbol.dependsOn);
    if (depends === 'n' || depends === undefined) return depends;
    const found = this.#firstDefault(symbol.defaults);
    if (found === 'unknown') return undefined;
    const value = found === undefined ? 'n' : this.#evaluate(found.entry.value);
    if (value === undefined) return undefined;
    const own = found === undefined ? 'n' : lower(value, found.condition);
    const implied = lower(this.#impliedOf(symbol), depends);
    return lower(higher(own, implied), depends);
  }

  #firstDefault(
    entries: readonly Default[],
  ): { readonly entry: Default; readonly condition: Tristate } | 'unknown' | undefined {
    for (const entry of entries) {
      const condition = this.#evaluate(entry.condition);
      if (condition === undefined) return 'unknown';
      if (condition !== 'n') return { entry, condition };
    }
    return undefined;
  }

  #impliedOf({ name }: KconfigSymbol): Tristate {
    let result: Tristate = 'n';
    for (const implier of impliersOf(this.#tree).get(name) ?? []) {
      for (const { symbol, condition } of this.#tree.symbols.get(implier)?.implies ?? []) {
        if (symbol !== name) continue;
        const value = this.#evaluate(condition) ?? 'n';
        result = higher(result, lower(value, asTristate(this.value(implier) ?? 'n')));
      }
    }
    return result;
  }

  #selected({ name }: KconfigSymbol): Truth {
    let result: Truth = 'n';
    for (const selector of selectorsOf(this.#tree).get(name) ?? []) {
      const own = asTristate(this.value(selector) ?? 'n');
      if (own === 'n') continue;
      for (const { symbol, condition } of this.#tree.symbols.get(selector)?.selects ?? []) {
        if (symbol !== name) continue;
        const value = this.#evaluate(condition);
        if (value === undefined || result === undefined) result = undefined;
        else result = higher(result, lower(value, own));
      }
    }
    return result;
  }

  /** The last member that was requested, or the first default that is possible, or the first member. */
  #choose(choice: KconfigChoice): { readonly isDecided: boolean; readonly member?: string } {
    if (this.#chosen.has(choice)) return asChosen(this.#chosen.get(choice));
    // Until this is known, members see the value from before.
    this.#chosen.set(
      choice,
      choice.members.find((name) => this.#fallback(name) === 'y'),
    );
    const shown = choice.members.filter((name) => {
      const member = this.#tree.symbols.get(name);
      return member !== undefined && (this.#visibility(member) ?? 'n') !== 'n';
    });
    const asked = shown.filter((name) => this.#asked(name) === 'y');
    const byDefault = choice.defaults.flatMap(({ value, condition }) => {
      const isOn = (this.#evaluate(condition) ?? 'n') !== 'n';
      return value.kind === 'symbol' && isOn && shown.includes(value.name) ? [value.name] : [];
    });
    const otherwise = choice.isOptional ? undefined : (byDefault[0] ?? shown[0]);
    const member = asked.at(-1) ?? otherwise;
    this.#chosen.set(choice, member);
    return asChosen(member);
  }

  #text(symbol: KconfigSymbol): string | undefined {
    const visible = this.#visibility(symbol);
    const asked = this.#asked(symbol.name);
    if (visible === undefined) return this.#fallback(symbol.name);
    if (visible !== 'n' && asked !== undefined && isInRange(symbol, asked, this.value))
      return asked;
    const depends = this.#evaluate(symbol.dependsOn);
    if (depends === 'n') return '';
    const found = this.#firstDefault(symbol.defaults);
    if (found === 'unknown' || depends === undefined) return this.#fallback(symbol.name);
    const value = found?.entry.value;
    if (value === undefined) return '';
    const text = isOperand(value) ? textOf(value, this.value) : undefined;
    return text ?? this.#fallback(symbol.name);
  }

  #evaluate(expression: Parameters<typeof evaluate>[0]): Truth {
    return evaluate(expression, this.value);
  }
}

function asChosen(member: string | undefined): { isDecided: boolean; member?: string } {
  return member === undefined ? { isDecided: false } : { isDecided: true, member };
}
