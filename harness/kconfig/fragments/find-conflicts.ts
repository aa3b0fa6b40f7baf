import { evaluate } from '../language/evaluate.ts';
import {
  conjunctsOf,
  type Expression,
  printExpression,
  symbolsIn,
} from '../language/expression.ts';
import type { KconfigSymbol, KconfigTree } from '../language/kconfig-tree.ts';
import type { Request, Wanted } from './request.ts';

/** Requests that no configuration of a tree can meet together. */
export type Conflict =
  /** Members of the same choice. */
  | { readonly kind: 'choice'; readonly title: string; readonly requests: readonly Request[] }
  /** One rules out what another depends on. */
  | {
      readonly kind: 'dependency';
      readonly request: Request;
      readonly needs: Expression;
      readonly against: readonly Request[];
    }
  /** One turns off what another selects. */
  | { readonly kind: 'select'; readonly request: Request; readonly selectedBy: Request };

/** Conflicts that follow from the requests alone, whatever the configuration. */
export function findConflicts(wanted: Wanted, tree: KconfigTree): readonly Conflict[] {
  const on = [...wanted.values()].filter(({ value }) => value === 'y' || value === 'm');
  const links = on.flatMap((request) => {
    const symbol = tree.symbols.get(request.symbol);
    if (symbol === undefined) return [];
    return [...ruledOut(request, symbol, wanted), ...turnedOff(request, symbol, wanted)];
  });
  return [...chosenTwice(on, tree), ...links];
}

function chosenTwice(on: readonly Request[], tree: KconfigTree): readonly Conflict[] {
  const members = on.filter(({ symbol, value }) => {
    return value === 'y' && tree.symbols.get(symbol)?.choice !== undefined;
  });
  const byChoice = Map.groupBy(members, ({ symbol }) => tree.symbols.get(symbol)?.choice);
  return [...byChoice].flatMap(([choice, requests]): readonly Conflict[] =>
    choice === undefined || requests.length < 2
      ? []
      : [{ kind: 'choice', title: choice.title, requests }],
  );
}

function ruledOut(
  request: Request,
  { dependsOn }: KconfigSymbol,
  wanted: Wanted,
): readonly Conflict[] {
  return conjunctsOf(dependsOn).flatMap((needs): readonly Conflict[] => {
    const names = [...symbolsIn(needs)].filter((name) => wanted.has(name));
    if (names.length === 0) return [];
    const known = keepOnly(needs, wanted);
    if (evaluate(known, (name) => wanted.get(name)?.value) !== 'n') return [];
    const against = names.flatMap((name) => wanted.get(name) ?? []);
    return [{ kind: 'dependency', request, needs, against }];
  });
}

function turnedOff(
  request: Request,
  { selects }: KconfigSymbol,
  wanted: Wanted,
): readonly Conflict[] {
  return selects.flatMap(({ symbol, condition }): readonly Conflict[] => {
    const off = wanted.get(symbol);
    if (off?.value !== 'n' || condition !== undefined) return [];
    return [{ kind: 'select', request: off, selectedBy: request }];
  });
}

/** The expression with all symbols unknown that nothing was requested of. */
function keepOnly(expression: Expression, wanted: Wanted): Expression {
  switch (expression.kind) {
    case 'symbol':
      return wanted.has(expression.name)
        ? expression
        : { kind: 'unknown', text: printExpression(expression) };
    case 'not':
      return { kind: 'not', operand: keepOnly(expression.operand, wanted) };
    case 'and':
    case 'or': {
      const operands = expression.operands.map((one) => keepOnly(one, wanted));
      return { kind: expression.kind, operands };
    }
    case 'comparison': {
      const isKnown = [...symbolsIn(expression)].every((name) => wanted.has(name));
      return isKnown ? expression : { kind: 'unknown', text: printExpression(expression) };
    }
    default:
      return expression;
  }
}
