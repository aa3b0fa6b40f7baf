/** What a line is wrapped in changes nothing of what is found in it. */
import { expect } from 'chai';
import fc from 'fast-check';
import { BOOT_STAGES, createBootStages } from './boot/boot-stages.ts';
import type { Finding } from './finding.ts';
import { unwrapLine } from './lines/unwrap-line.ts';
import { ENVELOPES, type WrittenEnvelope } from './testing/envelopes.ts';
import {
  type RecordedLog,
  readRecordedLogs,
  STREAMS,
  triageWhole,
} from './testing/recorded-logs.ts';

const STAMP = /\[ *\d+\.\d{6}\]/;
const IS_BARE = /^(?!\s*\[ *\d+\.\d{6}\]|\s*$)/m;
const logs = readRecordedLogs().map((log) => {
  const text = log.bytes.toString();
  return { ...log, text, isStamped: STAMP.test(text), hasBare: IS_BARE.test(text) };
});

type Log = (typeof logs)[number];

function wrap(text: string, envelopes: readonly WrittenEnvelope[]): string {
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      const end = /\r?\n$/.exec(line)?.[0] ?? '';
      const inner = line.slice(0, line.length - end.length);
      return envelopes.reduceRight((wrapped, { wrap: one }) => one(wrapped), inner) + end;
    })
    .join('');
}

const tell = ({ class: kind, title, place, signature }: Finding) => ({
  kind,
  title,
  place,
  signature,
});

function find({ stream }: RecordedLog, text: string) {
  return triageWhole(STREAMS[stream](), Buffer.from(text)).map(tell);
}

/** These have something before their reports already. */
const HAS_PREFIX = /^(?:prefix-|shell|log-|hook-(?:display|firecracker|log-panics|tracing))/;

interface Case {
  readonly log: Log;
  readonly envelopes: readonly WrittenEnvelope[];
}

/** A program says nothing about the kernel, unless it hands on the kernel's stamped lines. */
function isTrue({ log, envelopes }: Case): boolean {
  if (needsForm(envelopes) && log.hasBare) return false;
  if (HAS_PREFIX.test(log.name) && envelopes.some(({ isEntry }) => isEntry)) return false;
  const isPrograms = envelopes.some(({ says }) => says === 'program');
  return log.isStamped || log.stream === 'agent' || !isPrograms;
}

function needsForm(envelopes: readonly WrittenEnvelope[]): boolean {
  const innermost = envelopes.findLast(({ isInvisible }) => isInvisible === undefined);
  return innermost?.needsForm === true;
}

/** A shim's copy of a console is the agent's: all that dies there counts, and at once. */
function isOfKernelOnly({ log, envelopes }: Case): boolean {
  return log.stream === 'console' && envelopes.some(({ isCopy }) => isCopy);
}

const isOfProgram = ({ kind, title }: ReturnType<typeof tell>): boolean =>
  kind === 'agent-panic' || title.startsWith('init gave up');

/** The system's own logger has every boot: only on a serial console another one is unexpected. */
function isOfSerialOnly({ envelopes }: Case, { title }: ReturnType<typeof tell>): boolean {
  return title.startsWith('unexpected reboot') && envelopes.some(isOfLogger);
}

function isOfLogger({ wrap: one }: WrittenEnvelope): boolean {
  const text = one('x');
  return unwrapLine({ text, start: 0, end: text.length }).some(({ tag }) => tag === 'kernel');
}

function expectSame(one: Case): void {
  const { log, envelopes } = one;
  const isExempt = (finding: ReturnType<typeof tell>) =>
    (isOfKernelOnly(one) && isOfProgram(finding)) || isOfSerialOnly(one, finding);
  const [found, expected] = [wrap(log.text, envelopes), log.text].map((text) =>
    find(log, text).filter((finding) => !isExempt(finding)),
  );
  const names = envelopes.map(({ name }) => name).join(', in it ');
  expect(found, `${log.stream}/${log.name} in ${names}`).to.deep.equal(expected);
}

function stageOf(text: string): number {
  const stages = createBootStages();
  stages.push(Buffer.from(text));
  return BOOT_STAGES.indexOf(stages.stage);
}

describe('a log in envelopes', () => {
  const small = logs.filter(({ bytes }) => bytes.length < 4000);

  for (const envelope of ENVELOPES) {
    it(`means the same: ${envelope.name}`, () => {
      const cases = small.map((log) => ({ log, envelopes: [envelope] })).filter(isTrue);
      expect(cases.length).to.be.at.least(10);
      cases.forEach(expectSame);
    });
  }

  it('shows the same stage of a boot, or that a kernel has been running', function () {
    // All recorded consoles in all envelopes.
    this.timeout(120_000);
    const kernel = BOOT_STAGES.indexOf('kernel');
    const consoles = logs.filter(({ stream }) => stream === 'console');
    for (const log of consoles) {
      const bare = stageOf(log.text);
      for (const envelope of ENVELOPES) {
        const where = `${log.name} in ${envelope.name}`;
        expect(stageOf(wrap(log.text, [envelope])), where).to.be.oneOf([
          bare,
          Math.max(bare, kernel),
        ]);
      }
    }
  });

  it('means the same, however long, and in one envelope within another', function () {
    this.timeout(120_000);
    const envelope = fc.constantFrom(...ENVELOPES);
    const envelopes = fc.array(envelope, { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fc.record({ log: fc.constantFrom(...logs), envelopes }), (one) => {
        fc.pre(isTrue(one));
        expectSame(one);
      }),
      { numRuns: 300 },
    );
  });
});
