/**
 * Recorded and hand-written output; the header of each says what must be recognised in it. `npx
 * mocha harness/verdict/golden.test.ts --update` rewrites the headers, to be reviewed as a diff.
 */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { createBootStages } from './boot/boot-stages.ts';
import { createConsoleTriage } from './console-triage.ts';
import { type Finding, isCrash } from './finding.ts';
import {
  describeFindings,
  type RecordedLog,
  readRecordedLogs,
  STREAMS,
  triageWhole,
} from './testing/recorded-logs.ts';

const logs = readRecordedLogs();

/** Names of logs that were recorded with several kernels. */
const KERNEL_SUFFIX = /-\d+\.\d+\.txt$/;
/** Each decompressor has its own words for a damaged kernel. */
const OF_ONE_KERNEL = /^damaged-kernel-/;

function crashSignatures(bytes: Buffer): readonly string[] {
  return triageWhole(createConsoleTriage(), bytes)
    .filter(isCrash)
    .map(({ signature }) => signature);
}

function describeLog({ stream, about, bytes }: RecordedLog, findings: readonly Finding[]): string {
  const stages = createBootStages();
  stages.push(bytes);
  return [
    about,
    ...(stream === 'console' ? [`stage: ${stages.stage}`] : []),
    ...describeFindings(findings),
  ].join('\n');
}

describe('recorded output', () => {
  for (const log of logs) {
    it(`${log.stream}/${log.name} is recognised for what it is (${log.about.slice(7)})`, () => {
      const findings = triageWhole(STREAMS[log.stream](), log.bytes);
      const header = describeLog(log, findings);
      if (process.argv.includes('--update')) {
        writeFileSync(log.url, Buffer.concat([Buffer.from(`${header}\n\n`), log.bytes]));
      } else expect(log.header).to.equal(header);
      for (const { start, end, excerpt, title } of findings) {
        expect(start).to.be.lessThan(end);
        expect(end).to.be.at.most(log.bytes.length);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
        expect(`${title}${excerpt}`).not.to.match(/[\x00-\x08\x0b-\x1f\x7f]/);
        expect(title).not.to.match(/0x[0-9a-f]{6}|\+0x/);
      }
    });
  }

  it('gives the same findings however its bytes are split', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...logs),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 }),
        ({ stream, bytes }, sizes) => {
          const triage = STREAMS[stream]();
          const findings: Finding[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            findings.push(...triage.push(bytes.subarray(at, at + size)));
            at += size;
          }
          findings.push(...triage.end());
          expect(findings).to.deep.equal(triageWhole(STREAMS[stream](), bytes));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has the same signatures for the same crash on every kernel', () => {
    const recorded = logs.filter(
      ({ name }) => KERNEL_SUFFIX.test(name) && !OF_ONE_KERNEL.test(name),
    );
    const groups = Map.groupBy(recorded, ({ name }) => name.replace(KERNEL_SUFFIX, ''));
    const several = [...groups].filter(([, group]) => group.length > 1);
    expect(several.length).to.be.at.least(10);
    for (const [name, group] of several) {
      const [first, ...others] = group.map(({ bytes }) => crashSignatures(bytes));
      for (const other of others) expect(other, name).to.deep.equal(first);
    }
  });

  it('means the same without the time stamps', () => {
    const stamp = /\[ *\d+\.\d{6}\] ?/g;
    for (const log of logs.filter(({ name }) => KERNEL_SUFFIX.test(name))) {
      const bare = Buffer.from(log.bytes.toString('latin1').replace(stamp, ''), 'latin1');
      const titles = (bytes: Buffer) =>
        triageWhole(createConsoleTriage(), bytes).map(({ title }) => title);
      expect(titles(bare), log.name).to.deep.equal(titles(log.bytes));
    }
  });
});
