import { expect } from 'chai';
import type { ClassifiedLog } from './classification.ts';
import { createLogClassifier } from './classify-log.ts';
import { groupFindings } from './group-findings.ts';
import { worstClass } from './worst.ts';

function logOf(file: string, text: string): ClassifiedLog {
  const options = { stream: undefined, known: undefined, today: '2026-12-01' };
  const classifier = createLogClassifier(options);
  classifier.push(Buffer.from(text));
  return { file, ...classifier.end(1) };
}

const panic = (file: string): ClassifiedLog =>
  logOf(file, `thread 'main' panicked at src/a.rs:3:5:\nboom\n`);
const death = logOf('d', '[    1.000000] Kernel panic - not syncing: sysrq triggered crash\n');

describe('Findings of several logs', () => {
  it('are grouped by signature, the worst first, and then by how many logs have them', () => {
    const groups = groupFindings([panic('a'), logOf('clean', 'hello\n'), panic('b'), death]);
    expect(
      groups.map((group) => [group.class, ...group.hits.map(({ log }) => log.file)]),
    ).to.deep.equal([
      ['kernel-panic', 'd'],
      ['agent-panic', 'a', 'b'],
    ]);
  });

  it('come to the worst class of all', () => {
    expect(worstClass([panic('a'), death])).to.equal('kernel-panic');
    expect(worstClass([panic('a')])).to.equal('agent-panic');
    expect(worstClass([logOf('clean', 'hello\n')])).to.equal('nothing');
  });
});
