import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { InfraError } from '../../../errors.ts';
import { readAnswers } from './spawner-messages.ts';

const STARTED = { started: { pid: 8 } };
const ENDED = { ended: { code: null, signal: 'SIGKILL', output: 'qemu: öh\n' } };

describe('answers of the spawner', () => {
  it('are read a line each, however they are cut', async () => {
    const bytes = Buffer.from([STARTED, ENDED].map((each) => `${JSON.stringify(each)}\n`).join(''));
    const cuts = fc.uniqueArray(fc.nat(bytes.length));
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const sorted = [0, ...places.toSorted((a, b) => a - b), bytes.length];
        const parts = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
        const stream = Readable.from(parts.filter((part) => part.length > 0));
        expect(await Array.fromAsync(readAnswers(stream))).to.deep.equal([STARTED, ENDED]);
      }),
      { numRuns: 50 },
    );
  });

  it('end with a connection that breaks', async () => {
    const stream = new Readable({ read() {} });
    stream.push(`${JSON.stringify(STARTED)}\n`);
    const answers = readAnswers(stream);
    expect((await answers.next()).value).to.deep.equal(STARTED);
    stream.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect((await answers.next()).done).to.equal(true);
  });

  for (const [what, text] of [
    ['no JSON', 'hello\n'],
    ['no answer', '{"begun":{}}\n'],
    ['an answer with a strange process id', '{"started":{"pid":-1}}\n'],
    ['an endless line', 'x'.repeat(1024 * 1024 + 1)],
  ] as const) {
    it(`are refused if there is ${what}`, async () => {
      const reading = Array.fromAsync(readAnswers(Readable.from([Buffer.from(text)])));
      const error = await reading.catch((fault: unknown) => fault);
      expect(error).to.be.instanceOf(InfraError).with.property('code', 'SPAWNER_GARBLED');
    });
  }
});
