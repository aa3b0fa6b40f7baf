/** Searches for requests that make a symbol what it should be: follows its dependencies and takes the shortest of alternatives. */
import { isText } from '../language/config-values.ts';
import { evaluate } from '../language/evaluate.ts';
import type { Expression } from '../language/expression.ts';
import { selectorsOf } from '../language/graph.ts';
import type { KconfigSymbol } from '../language/kconfig-tree.ts';
import { asTristate, isAtLeast, type Tristate } from '../language/tristate.ts';
import type { Configured } from './configured.ts';
import { join, NOTHING_TO_DO, shortest, then, type Way } from './way.ts';

/** What happens to select a symbol is not what was meant, unless it is named after it: REMOTEPROC selects VIRTIO, too. */
const STRANGER_COST = 3;

const STEPS_MAX = 20_000;
const DEPTH_MAX = 100;
/** How many selectors and other alternatives are tried. */
const ALTERNATIVES_MAX = 40;

export class RemedySearch {
  readonly #configured: Configured;
  /** By symbol and value; undefined while the search is on, so that it does not go in circles. */
  readonly #ways = new Map<string, Way>();
  #steps = 0;
  #depth = 0;

  constructor(configured: Configured) {
    this.#configured = configured;
  }

  /** What makes a request for this value take. */
  takes(name: string, value: string): Way {
    const symbol = this.#configured.tree.symbols.get(name);
    if (symbol === undefined) return undefined;
    return isText(symbol) ? this.#show(symbol, 'y') : this.reach(name, asTristate(value));
  }

  /** At least this value, or for `n` exactly that. */
  reach(name: string, value: Tristate): Way {
    const key = `${name}=${value}`;
    if (this.#ways.has(key)) return this.#ways.get(key);
    const symbol = this.#configured.tree.symbols.get(name);
    if (symbol === undefined) return value === 'n' ? NOTHING_TO_DO : undefined;
    this.#steps += 1;
    if (this.#steps > STEPS_MAX || this.#depth === DEPTH_MAX) return undefined;
    this.#ways.set(key, undefined);
    this.#depth += 1;
    const way = value === 'n' ? this.#turnOff(symbol) : this.#turnOn(symbol, value);
    this.#depth -= 1;
    this.#ways.set(key, way);
    return way;
  }

  #turnOn(symbol: KconfigSymbol, value: Tristate): Way {
    if (this.#has(symbol.name, value)) return NOTHING_TO_DO;
    if (isText(symbol) || symbol.type === 'unknown') return undefined;
    const way = this.#show(symbol, value);
    if (way !== undefined) return then(way, symbol.name, this.#fit(symbol, value));
    const dependencies = this.#satisfy(symbol.dependsOn, value);
    const byDefault = symbol.defaults.map((one) =>
      join([dependencies, this.#satisfy(one.condition, value), this.#satisfy(one.value, value)]),
    );
    return shortest([...byDefault, ...this.#waysToSelect(symbol, value)]);
  }

  /** So that one of its prompts is shown, and allows this value. */
  #show({ dependsOn, prompts }: KconfigSymbol, value: Tristate): Way {
    const ways = prompts.map(({ visibleIf }) => this.#satisfy(visibleIf, value));
    return join([this.#satisfy(dependsOn, value), shortest(ways)]);
  }

  #fit({ type }: KconfigSymbol, value: Tristate): Tristate {
    return type === 'tristate' && this.#configured.values('MODULES') === 'y' ? value : 'y';
  }

  #waysToSelect({ name }: KconfigSymbol, value: Tristate): readonly Way[] {
    const { tree } = this.#configured;
    return [...(selectorsOf(tree).get(name) ?? [])].slice(0, ALTERNATIVES_MAX).map((selector) => {
      const links =
        tree.symbols.get(selector)?.selects.filter(({ symbol }) => symbol === name) ?? [];
      const condition = shortest(links.map((link) => this.#satisfy(link.condition, value)));
      const way = join([condition, this.reach(selector, value)]);
      const isAkin = selector.startsWith(`${name}_`);
      return isAkin || way === undefined ? way : { ...way, cost: way.cost + STRANGER_COST };
    });
  }

  #turnOff(symbol: KconfigSymbol): Way {
    const { tree, values } = this.#configured;
    if (values(symbol.name) === 'n') return NOTHING_TO_DO;
    if (isText(symbol)) return undefined;
    const selectors = [...(selectorsOf(tree).get(symbol.name) ?? [])].filter(
      (name) => (values(name) ?? 'n') !== 'n',
    );
    const withoutSelectors = join(selectors.map((name) => this.reach(name, 'n')));
    const byHand = this.#show(symbol, 'm');
    const own = byHand && then(byHand, symbol.name, 'n');
    const ways = [own, this.#refute(symbol.dependsOn)];
    return join([withoutSelectors, shortest(ways)]);
  }

  #has(name: string, value: Tristate): boolean {
    return isAtLeast(asTristate(this.#configured.values(name) ?? 'n'), value);
  }

  /** So that it is at least this. */
  #satisfy(expression: Expression | undefined, value: Tristate): Way {
    if (expression === undefined) return NOTHING_TO_DO;
    const now = evaluate(expression, this.#configured.values);
    if (now !== undefined && isAtLeast(now, value)) return NOTHING_TO_DO;
    switch (expression.kind) {
      case 'symbol':
        return this.reach(expression.name, value);
      case 'not':
        return this.#refute(expression.operand);
      case 'and':
        return join(expression.operands.map((one) => this.#satisfy(one, value)));
      case 'or':
        return shortest(
          expression.operands.slice(0, ALTERNATIVES_MAX).map((one) => this.#satisfy(one, value)),
        );
      case 'comparison':
        return this.#compare(expression);
      default:
        return undefined;
    }
  }

  /** So that it is `n`. */
  #refute(expression: Expression | undefined): Way {
    if (expression === undefined) return undefined;
    if (evaluate(expression, this.#configured.values) === 'n') return NOTHING_TO_DO;
    switch (expression.kind) {
      case 'symbol':
        return this.reach(expression.name, 'n');
      case 'not':
        return this.#satisfy(expression.operand, 'y');
      case 'and':
        return shortest(expression.operands.map((one) => this.#refute(one)));
      case 'or':
        return join(expression.operands.map((one) => this.#refute(one)));
      default:
        return undefined;
    }
  }

  /** `X=y`, `X!=n` and the like: that is what dependencies have. */
  #compare({ operator, left, right }: Extract<Expression, { readonly kind: 'comparison' }>): Way {
    if (left.kind !== 'symbol' || right.kind !== 'constant') return undefined;
    if (!['y', 'm', 'n'].includes(right.value)) return undefined;
    if (operator === '=') return this.reach(left.name, asTristate(right.value));
    if (operator !== '!=') return undefined;
    return this.reach(left.name, right.value === 'n' ? 'y' : 'n');
  }
}
