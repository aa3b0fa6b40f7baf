import { expect } from 'chai';
import { type RecordedLog, readRecordedLogs } from '../verdict/testing/recorded-logs.ts';
import { createLogClassifier } from './classify-log.ts';

const today = '2026-12-01';

/** The part of a recorded log's header that says what is in it, as golden.test.ts writes it. */
function describeFindings({ bytes }: RecordedLog): readonly string[] {
  const classifier = createLogClassifier({ stream: undefined, known: undefined, today });
  classifier.push(bytes);
  const { findings, bootStage, stream } = classifier.end(1);
  return [
    ...(stream === 'console' ? [`stage: ${bootStage}`] : []),
    ...findings.flatMap(({ class: kind, title, place, source, signature, start, end, isCut }) => [
      `finding: ${kind}, from ${source}`,
      `  title: ${title}`,
      ...(place === undefined ? [] : [`  place: ${place}`]),
      `  signature: ${signature}`,
      `  bytes: ${start}-${end}${isCut ? ', its end was not seen' : ''}`,
    ]),
    ...(findings.length === 0 ? ['finding: none'] : []),
  ];
}

describe('A log that nobody says the stream of', () => {
  for (const log of readRecordedLogs()) {
    it(`is classified as a run would, if it is ${log.stream}/${log.name}`, () => {
      const [, ...expected] = log.header.split('\n');
      // Whether a program's output without a crash is read as a console makes no difference.
      const isEmpty = expected.at(-1) === 'finding: none' && log.stream === 'agent';
      const found = describeFindings(log);
      expect(isEmpty ? found.slice(1) : found).to.deep.equal(expected);
    });
  }
});
