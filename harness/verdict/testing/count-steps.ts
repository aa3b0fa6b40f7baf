/**
 * How much work a backtracking matcher has with the regular expressions that a function uses: the
 * characters that it compares. Our own matcher, for tests alone: V8 does not tell, and a clock makes
 * no test.
 */
import tree from 'regexp-tree';

const { generate, parse } = tree;

type Expression = NonNullable<ReturnType<typeof parse>['body']>;
type Node<Type extends Expression['type']> = Extract<Expression, { readonly type: Type }>;

/** Matches what is behind a part of an expression. */
type Rest = (at: number) => boolean;

const { exec } = RegExp.prototype;

/** The steps of everything that `work` matches, by expression. */
export function countSteps(work: () => void): ReadonlyMap<string, number> {
  const steps = new Map<string, number>();
  // What searches, splits or replaces by a RegExp calls this, too.
  function counting(this: RegExp, text: string): RegExpExecArray | null {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    RegExp.prototype.exec = exec;
    const name = String(this);
    steps.set(name, (steps.get(name) ?? 0) + stepsOf(this, text, from));
    const match = this.exec(text);
    RegExp.prototype.exec = counting;
    return match;
  }
  RegExp.prototype.exec = counting;
  try {
    work();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return steps;
}

const bodies = new Map<string, Expression | null>();

function stepsOf(pattern: RegExp, text: string, from: number): number {
  const key = String(pattern);
  const body = bodies.get(key) ?? parse(key, { allowGroupNameDuplicates: true }).body;
  bodies.set(key, body);
  const matcher = new Matcher(text, pattern.flags.replace(/[gy]/g, ''));
  const to = pattern.sticky ? from : text.length;
  for (let at = from; at <= to; at += 1) {
    if (matcher.match(body, at, () => true)) break;
  }
  return matcher.steps;
}

class Matcher {
  steps = 0;
  readonly #text: string;
  readonly #flags: string;

  constructor(text: string, flags: string) {
    this.#text = text;
    this.#flags = flags;
  }

  match(node: Expression | null, at: number, rest: Rest): boolean {
    switch (node?.type) {
      case undefined:
        return rest(at);
      case 'Alternative':
        return this.#matchAll(node.expressions, at, rest);
      case 'Disjunction':
        return this.match(node.left, at, rest) || this.match(node.right, at, rest);
      case 'Group':
        return this.match(node.expression, at, rest);
      case 'Repetition':
        return this.#repeat(node, 0, at, rest);
      case 'Assertion':
        return this.#holds(node, at) && rest(at);
      case 'Char':
      case 'CharacterClass':
        return this.#isOne(node, at) && rest(at + 1);
      case 'Backreference':
        throw new Error('expected an expression without back references');
    }
  }

  #matchAll(nodes: readonly Expression[], at: number, rest: Rest): boolean {
    const [first, ...others] = nodes;
    if (first === undefined) return rest(at);
    return this.match(first, at, (next) => this.#matchAll(others, next, rest));
  }

  #repeat(node: Node<'Repetition'>, count: number, at: number, rest: Rest): boolean {
    const { expression } = node;
    if (expression.type === 'Char' || expression.type === 'CharacterClass') {
      return this.#repeatOne(node, expression, at, rest);
    }
    const [min, max] = boundsOf(node);
    const again = (): boolean =>
      count < max &&
      this.match(expression, at, (next) => {
        return (next > at || count < min) && this.#repeat(node, count + 1, next, rest);
      });
    if (count < min) return again();
    return node.quantifier.greedy ? again() || rest(at) : rest(at) || again();
  }

  /** Without recursion: of these there are as many as there are characters. */
  #repeatOne(
    node: Node<'Repetition'>,
    one: Node<'Char' | 'CharacterClass'>,
    at: number,
    rest: Rest,
  ): boolean {
    const [min, max] = boundsOf(node);
    const isGreedy = node.quantifier.greedy;
    let to = at;
    while (to - at < max && (isGreedy || to - at < min || !rest(to)) && this.#isOne(one, to))
      to += 1;
    if (!isGreedy) return to - at >= min && rest(to);
    for (; to - at >= min; to -= 1) if (rest(to)) return true;
    return false;
  }

  #holds(node: Node<'Assertion'>, at: number): boolean {
    this.steps += 1;
    if (node.kind === 'Lookahead') {
      return this.match(node.assertion, at, () => true) === !node.negative;
    }
    const pattern = new RegExp(generate(node), `${this.#flags}y`);
    pattern.lastIndex = at;
    return pattern.test(this.#text);
  }

  #isOne(node: Node<'Char' | 'CharacterClass'>, at: number): boolean {
    this.steps += 1;
    const character = this.#text[at] ?? '';
    const known = matching.get(node) ?? new Map<string, boolean>();
    matching.set(node, known);
    const isKnown = known.get(character);
    if (isKnown !== undefined) return isKnown;
    const isOne = new RegExp(`^${generate(node)}$`, this.#flags).test(character);
    known.set(character, isOne);
    return isOne;
  }
}

function boundsOf({ quantifier }: Node<'Repetition'>): readonly [number, number] {
  switch (quantifier.kind) {
    case '?':
      return [0, 1];
    case '*':
      return [0, Number.POSITIVE_INFINITY];
    case '+':
      return [1, Number.POSITIVE_INFINITY];
    case 'Range':
      return [quantifier.from, quantifier.to ?? Number.POSITIVE_INFINITY];
  }
}

const matching = new WeakMap<Node<'Char' | 'CharacterClass'>, Map<string, boolean>>();
