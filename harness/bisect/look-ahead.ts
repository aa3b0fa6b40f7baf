/**
 * What a search will ask next, whichever way its pending question is answered: so that kernels can be built
 * before they are asked for. A search depends on nothing but answers, so it is run again from its beginning
 * with those that it got and one that is supposed, up to the first question without an answer.
 */
import { InfraError, UsageError } from '../errors.ts';
import { type Answer, Probe, type ProbeOptions, type Question } from './probe.ts';

export interface RepeatableSearch {
  /** Asks the probe, and depends on nothing else. */
  readonly run: (probe: Probe) => Promise<unknown>;
  readonly configure: ProbeOptions['configure'];
  /** Answers that it need not ask for, by key of the configuration. */
  readonly known: ReadonlyMap<string, Answer>;
}

/** Unclear kernels are rare: nothing is built for them ahead. */
const SUPPOSED: readonly Answer[] = ['yes', 'no'];

/**
 * Yields each question once, the nearest first: those after the pending one, then those after these.
 * @param answered What the search was told so far, by key.
 */
export async function* lookAhead(
  search: RepeatableSearch,
  pending: Question,
  answered: ReadonlyMap<string, Answer>,
): AsyncGenerator<Question> {
  const seen = new Set([pending.key]);
  let level = suppose(answered, pending);
  while (level.length > 0) {
    const deeper: ReadonlyMap<string, Answer>[] = [];
    for (const answers of level) {
      const next = await nextQuestion(search, answers);
      if (next === undefined) continue;
      deeper.push(...suppose(answers, next));
      if (seen.has(next.key)) continue;
      seen.add(next.key);
      yield next;
    }
    level = deeper;
  }
}

function suppose(
  answers: ReadonlyMap<string, Answer>,
  { key }: Question,
): readonly ReadonlyMap<string, Answer>[] {
  return SUPPOSED.map((answer) => new Map([...answers, [key, answer]]));
}

/** Ends a search at a question that nobody has answered. */
class Unanswered extends Error {
  readonly question: Question;

  constructor(question: Question) {
    super('unanswered');
    this.question = question;
  }
}

/** Undefined: the search would be over. */
async function nextQuestion(
  { run, configure, known }: RepeatableSearch,
  answers: ReadonlyMap<string, Answer>,
): Promise<Question | undefined> {
  const probe = new Probe({
    configure,
    measure: async (question) => {
      const answer = answers.get(question.key);
      if (answer === undefined) throw new Unanswered(question);
      return answer;
    },
  });
  for (const [key, answer] of known) probe.know(key, answer);
  try {
    await run(probe);
    return undefined;
  } catch (error) {
    if (error instanceof Unanswered) return error.question;
    // It would end with that; if it gets there, it does.
    if (error instanceof UsageError || error instanceof InfraError) return undefined;
    throw error;
  }
}
