/** A tool in a container, whose port is a socket. Needs a container engine, and init as scripts/setup builds it. */
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createGuest } from '../channel/guest.ts';
import { openGuestChannel } from '../channel/guest-channel.ts';
import { startTool, type ToolGuest } from '../live-guest/guest-tool.ts';
import {
  type ContainerMachine,
  createContainerMachine,
} from '../machine/container/container-machine.ts';
import type { Instance } from '../machine/machine.ts';
import { bareContainer } from '../machine/testing/container-guest.ts';

/** Far more than any answer takes. */
const TIMEOUT_MS = 120_000;

function toolGuest(instance: Instance): ToolGuest {
  const channel = openGuestChannel(instance.control);
  const client = createGuest(channel.call, TIMEOUT_MS);
  const ended = instance.exited.then(() => undefined);
  for (const stream of [instance.console, instance.agentStdout, instance.agentStderr])
    stream.resume();
  return { channel, client, ended, toolSocket: instance.toolSocket };
}

describe('a tool in a container', () => {
  let machine: ContainerMachine;
  before(async () => {
    machine = await createContainerMachine();
  });
  after(() => machine?.[Symbol.asyncDispose]());

  it('writes to its host, with and without a terminal, one after the other', async () => {
    await using instance = await machine.boot(bareContainer());
    const guest = toolGuest(instance);
    // The only program there: started by anybody but a kernel or an engine, it complains and ends.
    for (const terminal of [undefined, { columns: 80, rows: 24 }]) {
      await using tool = await startTool(guest, {
        argv: ['/init'],
        ...(terminal === undefined ? {} : { terminal }),
      });
      expect(await text(tool.output)).to.match(/must be PID 1 of a guest[^\n]*\n$/);
      expect(await tool.ended).to.deep.equal({ kind: 'exited', code: 2, signal: null });
    }
  });

  it('ends when it is disposed of', async () => {
    await using instance = await machine.boot(bareContainer());
    const guest = toolGuest(instance);
    const tool = await startTool(guest, { argv: ['/eat'] });
    await tool[Symbol.asyncDispose]();
    const end = await tool.ended;
    expect(end).to.include({ kind: 'exited', signal: 'SIGKILL' });
  });
});
