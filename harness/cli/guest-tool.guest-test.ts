/** Tools in real guests: programs of the guest itself, `workload` among them, without any package. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { GuestError } from '../channel/channel-fault.ts';
import type { WindowSize } from '../channel/messages.ts';
import { type GuestTool, startTool } from '../live-guest/guest-tool.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { type BootedGuest, bootToolGuest } from './testing/boot-tool-guest.ts';

describe('a tool in a guest', () => {
  let booted: BootedGuest;
  before(async () => {
    booted = await bootToolGuest();
  });
  after(() => booted[Symbol.asyncDispose]());

  const workload = async (words: readonly string[], terminal?: WindowSize): Promise<GuestTool> =>
    await startTool(booted.guest, {
      argv: ['/rootfs/bin/workload', ...words],
      ...omitUndefined({ terminal }),
    });

  /** At a terminal; it has written a line. */
  async function ticking(): Promise<GuestTool> {
    const tool = await workload(['tick', '--every-ms', '10'], { columns: 80, rows: 24 });
    const [line] = (await once(tool.output, 'data')) as [Buffer];
    expect(line.toString()).to.include('\r\n');
    return tool;
  }

  it('writes to its host, and its end is told', async () => {
    await using tool = await workload(['print', 'hello']);
    expect(await text(tool.output)).to.equal('hello\n');
    expect(await tool.ended).to.deep.equal({ kind: 'exited', code: 0, signal: null });
  });

  it('can be followed by another one at once, again and again', async () => {
    for (const word of ['one', 'two', 'three', 'four']) {
      await using tool = await workload(['print', word]);
      expect(await text(tool.output)).to.equal(`${word}\n`);
    }
  });

  it('at a terminal is interrupted by what the host types', async () => {
    await using tool = await ticking();
    tool.input.write('\x03');
    expect(await tool.ended).to.deep.equal({ kind: 'exited', code: null, signal: 'SIGINT' });
  });

  it('at a terminal is hung up by a host that leaves', async () => {
    await using tool = await ticking();
    tool.input.end();
    expect(await tool.ended).to.deep.equal({ kind: 'exited', code: null, signal: 'SIGHUP' });
  });

  it('keeps others from being started while it runs, and is killed when it is disposed of', async () => {
    const tool = await workload(['sleep']);
    const error = await workload(['print', 'x']).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(GuestError).with.property('code', 'EBUSY');
    expect((error as Error).message).to.include(`as process ${tool.pid}`);
    const resized = await tool.resize({ columns: 1, rows: 1 }).catch((fault: unknown) => fault);
    expect(resized).to.be.instanceOf(GuestError).with.property('code', 'ENOTTY');
    await tool[Symbol.asyncDispose]();
    expect(await tool.ended).to.deep.equal({ kind: 'exited', code: null, signal: 'SIGKILL' });
  });

  it('outlives the agent, and ends with the guest', async () => {
    await using own = await bootToolGuest();
    const { guest } = own;
    await guest.client.request('kill', { pids: [guest.agentPid] });
    await guest.lost;
    const tool = await startTool(guest, { argv: ['/rootfs/bin/workload', 'sleep'] });
    await guest.end();
    expect(await tool.ended).to.have.property('kind', 'guest-lost');
    expect(await text(tool.output)).to.equal('');
    await tool[Symbol.asyncDispose]();
  });
});
