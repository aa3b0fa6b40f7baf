import { expect } from 'chai';
import { probedFacts } from '../testing/probed-facts.ts';
import { createGuest, type Guest } from './guest.ts';

interface Call {
  readonly method: string;
  readonly params: object;
  readonly timeoutMs: number;
}

/** A guest that gives every call the same answer, and the calls that were made. */
function answeringWith(answer: unknown): { guest: Guest; calls: readonly Call[] } {
  const calls: Call[] = [];
  const guest = createGuest(async (method, params, timeoutMs) => {
    calls.push({ method, params, timeoutMs });
    return answer;
  }, 1000);
  return { guest, calls };
}

describe('guest', () => {
  it('sends parameters as they are, and compiles only with those of the method', async () => {
    const { guest, calls } = answeringWith({});
    await guest.request('kill', { pids: [7] }, 50);
    // @ts-expect-error: a pid is a number.
    await guest.request('kill', { pids: ['7'] });
    // @ts-expect-error: processes takes no parameters.
    const processes = guest.request('processes', { pids: [7] });
    expect(await processes.catch(({ code }) => code)).to.equal('CHANNEL_GARBLED');
    // @ts-expect-error: no guest has this method.
    const reboot = (): Promise<unknown> => guest.request('reboot', {});
    expect(reboot).to.be.a('function');
    expect(calls).to.deep.equal([
      { method: 'kill', params: { pids: [7] }, timeoutMs: 50 },
      { method: 'kill', params: { pids: ['7'] }, timeoutMs: 1000 },
      { method: 'processes', params: { pids: [7] }, timeoutMs: 1000 },
    ]);
  });

  it('reads text and writes it as base64', async () => {
    const data = Buffer.from('max\n').toString('base64');
    const { guest, calls } = answeringWith({ data, truncated: false });
    expect(await guest.readFile('/sys/fs/cgroup/pids.max')).to.equal('max\n');
    await guest.writeFile('/sys/fs/cgroup/pids.max', 'max\n');
    expect(calls[1]?.params).to.deep.equal({ path: '/sys/fs/cgroup/pids.max', data });
  });

  it('refuses an answer with more bytes than it asked for', async () => {
    const data = Buffer.from('12345').toString('base64');
    const output = { code: 0, signal: null, stdout: data, stderr: '', timedOut: false };
    const { guest } = answeringWith({ ...output, data, truncated: true });
    expect(await guest.readFile('/x', 5)).to.equal('12345');
    const codes = [guest.readFile('/x', 4), guest.run(['x'], { maxBytes: 4 })].map((answer) =>
      answer.then(
        () => undefined,
        ({ code }) => code,
      ),
    );
    expect(await Promise.all(codes)).to.deep.equal(['CHANNEL_OVERSIZED', 'CHANNEL_OVERSIZED']);
  });

  it('refuses facts that exceed the limits', async () => {
    const facts = {
      ...{ release: '6.12.0', cmdline: '', cpus: 2, memoryMib: 256, v2Controllers: [] },
      ...probedFacts(),
    };
    expect(await answeringWith(facts).guest.request('facts', {})).to.deep.equal(facts);
    const entries = Array.from({ length: 100_000 }, (_, number) => [`c${number}`, 'ok']);
    const wrong: readonly object[] = [
      { v1Mounts: Object.fromEntries(entries) },
      { cpus: 1.5 },
      { cpus: -1 },
      { memoryMib: 0.5 },
      { release: 'x'.repeat(65) },
      { v2Controllers: Array(65).fill('cpu') },
      { v2Files: Array(513).fill('cpu.max') },
      { v1Files: ['x'.repeat(101)] },
      { procCgroups: { cpu: 'yes' } },
      { mountOptions: Object.fromEntries(entries) },
      { warnings: ['x'.repeat(257)] },
    ];
    for (const one of wrong) {
      const asked = answeringWith({ ...facts, ...one }).guest.request('facts', {});
      const error = await asked.then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error, JSON.stringify(one).slice(0, 80)).to.include({ code: 'CHANNEL_GARBLED' });
      expect(error?.message.length).to.be.lessThan(300);
    }
  });
});
