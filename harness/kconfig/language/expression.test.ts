import { expect } from 'chai';
import fc from 'fast-check';
import { treeOf } from '../testing/miniature-tree.ts';
import { evaluate } from './evaluate.ts';
import {
  COMPARISON_OPERATORS,
  type Expression,
  type Operand,
  printExpression,
  symbolsIn,
} from './expression.ts';

const names = fc.constantFrom('A', 'B', 'C', 'D');
const operand: fc.Arbitrary<Operand> = fc.oneof(
  names.map((name) => ({ kind: 'symbol' as const, name })),
  fc.constantFrom('y', 'n', 'm', '12', '0x1f', 'a text', 'q"\\').map((value) => ({
    kind: 'constant' as const,
    value,
  })),
);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const many = fc.array(tie('expression'), { minLength: 2, maxLength: 3 });
  return {
    expression: fc.oneof(
      { depthSize: 'small' },
      operand,
      fc.record({ kind: fc.constant('not' as const), operand: tie('expression') }),
      fc.record({ kind: fc.constant('and' as const), operands: many }),
      fc.record({ kind: fc.constant('or' as const), operands: many }),
      fc.record({
        kind: fc.constant('comparison' as const),
        operator: fc.constantFrom(...COMPARISON_OPERATORS),
        left: operand,
        right: operand,
      }),
    ),
  };
});

function parse(text: string): Expression {
  const tree = treeOf(`config X\n bool "x" if ${text}\n`);
  expect(tree.problems, text).to.deep.equal([]);
  return tree.symbols.get('X')?.prompts[0]?.visibleIf ?? expect.fail(text);
}

describe('an expression', () => {
  it('is printed as it can be read again', () => {
    fc.assert(
      fc.property(expression, (one) => {
        const text = printExpression(one);
        expect(printExpression(parse(text))).to.equal(text);
      }),
    );
  });

  it('has the same value after it was printed and read', () => {
    const values = fc.record({
      A: fc.constantFrom('y', 'm', 'n', undefined),
      B: fc.constantFrom('y', 'n'),
      C: fc.constantFrom('12', '31', 'a text'),
      MODULES: fc.constantFrom('y', 'n'),
    });
    fc.assert(
      fc.property(expression, values, (one, known) => {
        const valueIn = (name: string) => (known as Record<string, string | undefined>)[name];
        const again = parse(printExpression(one));
        expect(evaluate(again, valueIn)).to.equal(evaluate(one, valueIn));
        expect(symbolsIn(again)).to.deep.equal(symbolsIn(one));
      }),
    );
  });

  it('has three values, and a fourth for what is not known', () => {
    const known = new Map([
      ['Y', 'y'],
      ['M', 'm'],
      ['N', 'n'],
      ['MODULES', 'y'],
      ['NUMBER', '10'],
    ]);
    const value = (text: string) => evaluate(parse(text), (name) => known.get(name));
    const unknown = '$(shell,x)';
    expect(['Y && M', 'Y || M', '!M', 'm', 'NOTHING', '!NOTHING'].map(value)).to.deep.equal([
      'm',
      'y',
      'm',
      'm',
      'n',
      'y',
    ]);
    expect(
      [unknown, `!${unknown}`, `N && ${unknown}`, `Y || ${unknown}`, `Y && ${unknown}`].map(value),
    ).to.deep.equal([undefined, undefined, 'n', 'y', undefined]);
    expect(
      ['NUMBER > 9', 'NUMBER = 0xa', 'M = m', 'M < Y', 'X = "X"', 'NUMBER != 10'].map(value),
    ).to.deep.equal(['y', 'y', 'y', 'y', 'y', 'n']);
  });
});
