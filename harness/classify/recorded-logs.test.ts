import { expect } from 'chai';
import {
  describeFindings,
  type RecordedLog,
  readRecordedLogs,
} from '../verdict/testing/recorded-logs.ts';
import { createLogClassifier } from './classify-log.ts';

const today = '2026-12-01';

/** What the header of a recorded log says is in it, as `kmx classify` finds it. */
function classify({ bytes }: RecordedLog): readonly string[] {
  const classifier = createLogClassifier({ stream: undefined, known: undefined, today });
  classifier.push(bytes);
  const { findings, bootStage, stream } = classifier.end(1);
  return [...(stream === 'console' ? [`stage: ${bootStage}`] : []), ...describeFindings(findings)];
}

describe('A log that nobody says the stream of', () => {
  for (const log of readRecordedLogs()) {
    it(`is classified as a run would, if it is ${log.stream}/${log.name}`, () => {
      const [, ...expected] = log.header.split('\n');
      // Whether a program's output without a crash is read as a console makes no difference.
      const isEmpty = expected.at(-1) === 'finding: none' && log.stream === 'agent';
      const found = classify(log);
      expect(isEmpty ? found.slice(1) : found).to.deep.equal(expected);
    });
  }
});
