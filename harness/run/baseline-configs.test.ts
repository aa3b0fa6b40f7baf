import { expect } from 'chai';
import { type BaselineFacts, type RunEvent, stampEvents } from '../events.ts';
import { BaselineConfigs } from './baseline-configs.ts';

const time = '2026-08-01T10:00:00.000Z';
const facts = {} as BaselineFacts;
const kernel = { name: 'k', release: '6.12', digest: 'sha256:1', origin: 'a test' };
const config = (digest: string) => ({ digest, from: 'package' }) as const;

describe('configurations that differ from those of the baseline', () => {
  async function told(...heard: readonly (RunEvent | 'tell')[]): Promise<readonly string[]> {
    const events: RunEvent[] = [];
    const configs = new BaselineConfigs(
      {
        facts,
        diffConfig: async (name, digest) =>
          digest === 'same' ? undefined : { symbols: [`${name} ${digest}`], count: 1 },
      },
      stampEvents((event) => events.push(event)),
    );
    for (const one of heard) {
      if (one === 'tell') await configs.tell();
      else configs.hear(one);
    }
    return events.flatMap((event) =>
      event.type === 'baseline-config' ? event.change.symbols : [],
    );
  }

  const known = (digest: string): RunEvent => ({
    type: 'kernel-end',
    time,
    kernel: { ...kernel, config: config(digest) },
  });
  const heard = (digest: string): RunEvent => ({
    type: 'kernel-config',
    time,
    name: 'k',
    config: config(digest),
  });

  it('are told once they are known, each once', async () => {
    expect(await told(known('a'), 'tell', 'tell')).to.deep.equal(['k a']);
  });

  it('are told when a guest has said them, in place of what was known before', async () => {
    const silent: RunEvent = { type: 'kernel-end', time, kernel };
    expect(await told(silent, 'tell', heard('b'), 'tell')).to.deep.equal(['k b']);
    expect(await told(known('a'), 'tell', heard('b'), 'tell')).to.deep.equal(['k a', 'k b']);
    expect(await told(known('a'), 'tell', heard('a'), 'tell')).to.deep.equal(['k a']);
  });

  it('are not told where they do not differ', async () => {
    expect(await told(known('same'), 'tell')).to.deep.equal([]);
  });
});
