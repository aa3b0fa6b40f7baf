import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createScriptedMachine } from './scripted-machine.ts';

const spec = { kind: 'vm' as const, kernel: 'none', bootParameters: [], cpus: 1, memoryMib: 1 };

/** A guest that lives until it is killed. */
const forever = () => new Promise<never>(() => undefined);

describe('a scripted machine', () => {
  it('plays a recorded console and ends as the script says', async () => {
    const machine = createScriptedMachine(async (guest) => {
      guest.console.write('Linux version 6.12\r\n');
      guest.agentStderr.write('thread panicked\n');
      return { reason: 'guest-reset' };
    });
    await using instance = await machine.boot(spec);
    const [console, stderr, exit] = await Promise.all([
      text(instance.console),
      text(instance.agentStderr),
      instance.exited,
    ]);
    expect(console).to.equal('Linux version 6.12\r\n');
    expect(stderr).to.equal('thread panicked\n');
    expect(exit).to.deep.equal({
      code: 0,
      signal: null,
      reason: 'guest-reset',
      requested: false,
      stderr: '',
    });
  });

  it('lets the script answer on the control port', async () => {
    const machine = createScriptedMachine(async ({ control }) => {
      control.end(await buffer(control));
      return {};
    });
    await using instance = await machine.boot(spec);
    instance.control.end('ping');
    expect(await text(instance.control)).to.equal('ping');
  });

  it('serves the agent socket, one socket for each connection', async () => {
    const machine = createScriptedMachine(({ agent }) => {
      let connections = 0;
      agent.on('connection', (connection) => connection.end(`number ${++connections}`));
      return forever();
    });
    await using instance = await machine.boot(spec);
    expect(await text(connect(instance.agentSocket))).to.equal('number 1');
    expect(await text(connect(instance.agentSocket))).to.equal('number 2');
  });

  it('tells the script that it is killed, and the host that it asked for the end', async () => {
    let wasTold = false;
    const machine = createScriptedMachine(({ killed }) => {
      killed.addEventListener('abort', () => {
        wasTold = true;
      });
      return forever();
    });
    const instance = await machine.boot(spec);
    await instance[Symbol.asyncDispose]();
    await instance[Symbol.asyncDispose]();
    expect(await instance.exited).to.include({ signal: 'SIGKILL', requested: true });
    expect(wasTold).to.equal(true);
  });

  it('is gone once disposed of, and so is its folder, though nobody read the streams', async () => {
    const machine = createScriptedMachine(({ console }) => {
      console.write('unread');
      return forever();
    });
    const instance = await machine.boot(spec);
    connect(instance.agentSocket).on('error', () => undefined);
    await instance[Symbol.asyncDispose]();
    expect(await instance.exited).to.include({ requested: true });
    expect(existsSync(dirname(instance.agentSocket))).to.equal(false);
  });

  it('passes on an error that the script throws', async () => {
    const machine = createScriptedMachine(async () => {
      throw new RangeError('a mistake in the script');
    });
    await using instance = await machine.boot(spec);
    const error = await instance.exited.then(
      () => undefined,
      (fault: unknown) => fault,
    );
    expect(error).to.be.instanceOf(RangeError);
  });
});
