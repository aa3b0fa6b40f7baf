/** Requests that contradict each other, in words for people. */
import { toLine } from '../../text.ts';
import { printExpression } from '../language/expression.ts';
import { describeRequest } from './describe-lost.ts';
import type { Conflict } from './find-conflicts.ts';
import type { Contradiction, Overridden } from './merge-requests.ts';

/** `PSI=y (a.config:1) and PSI=n (a.config:7) contradict each other`. */
export function describeContradiction({ first, second }: Contradiction): string {
  return `${describeRequest(first)} and ${describeRequest(second)} contradict each other`;
}

/** `PSI=n (b.config:2) overrides PSI=y (a.config:1)`. */
export function describeOverridden({ request, by }: Overridden): string {
  return `${describeRequest(by)} overrides ${describeRequest(request)}`;
}

export function describeConflict(conflict: Conflict): string {
  switch (conflict.kind) {
    case 'choice': {
      const requests = conflict.requests.map(describeRequest).join(' and ');
      return `${requests} are in the same choice, "${toLine(conflict.title, 80)}": only one can be on`;
    }
    case 'dependency': {
      const against = conflict.against.map(describeRequest).join(' and ');
      const needs = toLine(printExpression(conflict.needs), 160);
      return `${describeRequest(conflict.request)} depends on ${needs}, which ${against} rules out`;
    }
    case 'select':
      return `${describeRequest(conflict.request)} cannot be: ${describeRequest(conflict.selectedBy)} selects it`;
  }
}
