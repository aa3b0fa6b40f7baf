import { toLine } from '../../text.ts';
import {
  COMPARISON_OPERATORS,
  type ComparisonOperator,
  type Expression,
  type Operand,
} from './expression.ts';
import type { Token } from './tokens.ts';

/** What is wrong with a line, for people. */
export class SyntaxFault extends Error {}

/** Linux 6.12 has 4. */
const DEPTH_MAX = 64;
const SHOWN_LENGTH = 60;
const CONSTANT = /^(?:[ymn]|-?\d+|0[xX][0-9a-fA-F]+)$/;
const SYMBOL = /^\w{1,128}$/;

/** The tokens of one line, taken from left to right. Throws a SyntaxFault for anything unexpected. */
export class TokenReader {
  readonly #tokens: readonly (Token | undefined)[];
  #at = 0;

  constructor(tokens: readonly (Token | undefined)[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  expectEnd(): void {
    if (!this.isAtEnd) throw new SyntaxFault(`expected the end of the line, found ${this.#show()}`);
  }

  takeWord(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word') throw this.#fault('a word');
    this.#at += 1;
    return token.text;
  }

  /** Whether the next token is this word; it is taken then. */
  takeIf(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.text !== word) return false;
    this.#at += 1;
    return true;
  }

  /** Texts may lack their quotation marks, as they did once. */
  takeText(): { readonly text: string; readonly isKnown: boolean } {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'operator') throw this.#fault('a text');
    this.#at += 1;
    return token.kind === 'text' ? token : { text: token.text, isKnown: token.kind === 'word' };
  }

  takeSymbol(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || !SYMBOL.test(token.text)) {
      throw this.#fault('the name of a symbol');
    }
    this.#at += 1;
    return token.text;
  }

  /** `if` and an expression, or nothing. The line ends then. */
  takeCondition(): Expression | undefined {
    const condition = this.takeIf('if') ? this.takeExpression() : undefined;
    this.expectEnd();
    return condition;
  }

  takeExpression(depth = 0): Expression {
    return this.#takeChain('or', '||', () =>
      this.#takeChain('and', '&&', () => this.#takeFactor(depth)),
    );
  }

  /** A symbol or a constant. */
  takeOperand(): Operand {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'operator') throw this.#fault('a symbol');
    this.#at += 1;
    if (token.kind === 'macro' || (token.kind === 'text' && !token.isKnown)) {
      return { kind: 'unknown', text: token.text };
    }
    if (token.kind === 'text' || CONSTANT.test(token.text)) {
      return { kind: 'constant', value: token.text };
    }
    return { kind: 'symbol', name: token.text };
  }

  #takeChain(kind: 'and' | 'or', operator: string, takeOne: () => Expression): Expression {
    const operands = [takeOne()];
    while (this.#takeOperator(operator)) operands.push(takeOne());
    const [first] = operands;
    return operands.length === 1 && first !== undefined ? first : { kind, operands };
  }

  #takeFactor(depth: number): Expression {
    if (depth === DEPTH_MAX) {
      throw new SyntaxFault(`expected at most ${DEPTH_MAX} parentheses in each other`);
    }
    if (this.#takeOperator('!')) return { kind: 'not', operand: this.#takeFactor(depth + 1) };
    if (this.#takeOperator('(')) {
      const inner = this.takeExpression(depth + 1);
      if (!this.#takeOperator(')')) throw this.#fault('a closing parenthesis');
      return inner;
    }
    const left = this.takeOperand();
    const operator = this.#takeComparison();
    if (operator === undefined) return left;
    return { kind: 'comparison', operator, left, right: this.takeOperand() };
  }

  #takeComparison(): ComparisonOperator | undefined {
    return COMPARISON_OPERATORS.find((one) => this.#takeOperator(one));
  }

  #takeOperator(operator: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'operator' || token.text !== operator) return false;
    this.#at += 1;
    return true;
  }

  #fault(expected: string): SyntaxFault {
    return new SyntaxFault(`expected ${expected}, found ${this.#show()}`);
  }

  #show(): string {
    if (this.isAtEnd) return 'the end of the line';
    const token = this.#tokens[this.#at];
    if (token === undefined) return 'a character that has no meaning here';
    return toLine(token.text, SHOWN_LENGTH) || 'an empty text';
  }
}
