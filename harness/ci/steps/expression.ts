/** GitHub's expressions, evaluated by GitHub's own library. */
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { UsageError } from '../../errors.ts';

export type Contexts = Readonly<Record<string, unknown>>;
export type StepState = 'success' | 'failure';

type Value = ReturnType<Evaluator['evaluate']>;

function evaluate(text: string, contexts: Contexts, state: StepState): Value {
  const functions = Object.entries({
    always: true,
    cancelled: false,
    success: state === 'success',
    failure: state === 'failure',
  }).map(([name, value]) => {
    return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) };
  });
  const context = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  try {
    const parsed = new Parser(
      new Lexer(text).lex().tokens,
      Object.keys(contexts),
      functions,
    ).parse();
    const known = new Map(functions.map((one) => [one.name, one]));
    return new Evaluator(parsed, context, known).evaluate();
  } catch (cause) {
    throw new UsageError(`\${{ ${text} }} cannot be evaluated: ${(cause as Error).message}`, {
      code: 'BAD_EXPRESSION',
      cause,
    });
  }
}

/** A text with each `${{ … }}` in it replaced. */
export function interpolate(text: string, contexts: Contexts, state: StepState): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_all, inner: string) =>
    evaluate(inner.trim(), contexts, state).coerceString(),
  );
}

/** An `if`: of one that does not ask how other steps ended, all must have ended well. */
export function isTrue(condition: string, contexts: Contexts, state: StepState): boolean {
  const inner = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1] ?? condition;
  const asks = /\b(always|success|failure|cancelled)\s*\(/.test(inner);
  if (!asks && state === 'failure') return false;
  const value = evaluate(inner, contexts, state);
  return value.coerceString() !== '' && value.coerceString() !== 'false' && value.number() !== 0;
}
