import { expect } from 'chai';
import type { KernelProgress } from '../../kernels/kernel-context.ts';
import { StepDisplay } from './step-display.ts';

const working = (what: string): KernelProgress => ({ kind: 'working', kernel: 'search', what });
const worked = (what: string): KernelProgress => ({ kind: 'worked', kernel: 'search', what });

describe('The display of a search', () => {
  /** What displays are told, and when they come and go. */
  async function shown(progress: readonly KernelProgress[]): Promise<readonly string[]> {
    const seen: string[] = [];
    const display = new StepDisplay(async () => {
      seen.push('opened');
      return {
        onProgress: ({ kind }) => void seen.push(kind),
        [Symbol.dispose]: () => void seen.push('closed'),
      };
    });
    for (const one of progress) display.onProgress(one);
    await display[Symbol.asyncDispose]();
    return seen;
  }

  it('is there only while something is under way', async () => {
    expect(await shown([working('a'), worked('a'), working('b'), worked('b')])).to.deep.equal([
      ...['opened', 'working', 'worked', 'closed'],
      ...['opened', 'working', 'worked', 'closed'],
    ]);
  });

  it('stays until the last of several has ended', async () => {
    expect(await shown([working('a'), working('b'), worked('a'), worked('b')])).to.deep.equal([
      ...['opened', 'working', 'working', 'worked', 'worked', 'closed'],
    ]);
  });

  it('is cleared if something never ends', async () => {
    expect((await shown([working('a')])).at(-1)).to.equal('closed');
  });

  it('prints a note and goes', async () => {
    const note: KernelProgress = { kind: 'note', kernel: 'search', text: 'a symbol is not there' };
    expect(await shown([note])).to.deep.equal(['opened', 'note', 'closed']);
  });
});
