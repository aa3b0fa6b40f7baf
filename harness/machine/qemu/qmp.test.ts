import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { InfraError } from '../../errors.ts';
import { readRecording, replayQmp } from '../testing/replay-qmp.ts';
import { connectQmp, type QmpEvent } from './qmp.ts';

const GREETING = '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 9}}}}\r\n';

/** The fault that the promise rejects with. */
async function faultOf(promise: Promise<unknown>): Promise<InfraError> {
  const outcome = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(InfraError);
  return outcome as InfraError;
}

/** A client of a QEMU that sends the text at once, whatever it is asked, and then nothing more. */
function hearOnly(text: string | Uint8Array, isClosed = true) {
  const [stream, peer] = duplexPair();
  if (isClosed) peer.end(text);
  else peer.write(text);
  const events: QmpEvent[] = [];
  const client = connectQmp(stream, { timeoutMs: 50, onEvent: (event) => events.push(event) });
  return { client, events };
}

/** A client that is past its greeting, and QEMU's end of the stream. */
async function connect() {
  const [stream, peer] = duplexPair();
  peer.write(GREETING);
  peer.once('data', () => peer.write('{"return": {}, "id": 1}\r\n'));
  const client = await connectQmp(stream, { timeoutMs: 1000, onEvent: () => undefined });
  return { client, peer, stream };
}

describe('a QMP client', () => {
  it('follows a recorded guest from its start to its power-off', async () => {
    const events: QmpEvent[] = [];
    const client = await connectQmp(replayQmp(readRecording('qmp-guest-shutdown.txt')), {
      timeoutMs: 1000,
      onEvent: (event) => events.push(event),
    });
    expect(await client.execute('cont')).to.deep.equal({});
    expect(await client.closed).to.equal(undefined);
    expect(events).to.deep.equal([
      { event: 'RESUME', data: {} },
      { event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' } },
    ]);
  });

  it('reports why QEMU refused a command, and can send the next one', async () => {
    const client = await connectQmp(replayQmp(readRecording('qmp-guest-reset.txt')), {
      timeoutMs: 1000,
      onEvent: () => undefined,
    });
    const fault = await faultOf(client.execute('no-such-command'));
    expect(fault.code).to.equal('QMP_REFUSED');
    expect(fault.message).to.contain('The command no-such-command has not been found');
    expect(await client.execute('cont')).to.deep.equal({});
  });

  it('does not care where the stream is cut into pieces', async () => {
    const recording = readRecording('qmp-guest-shutdown.txt');
    const sizes = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(sizes, async (pieces) => {
        const reasons: unknown[] = [];
        let next = 0;
        const stream = replayQmp(recording, (peer, line) => {
          for (let at = 0; at < line.length; ) {
            const size = pieces[next++ % pieces.length] ?? 1;
            peer.write(line.slice(at, at + size));
            at += size;
          }
        });
        const onEvent = (event: QmpEvent) => reasons.push(event.data.reason);
        const client = await connectQmp(stream, { timeoutMs: 1000, onEvent });
        await client.execute('cont');
        await client.closed;
        expect(reasons).to.deep.equal([undefined, 'guest-shutdown']);
      }),
      { numRuns: 30 },
    );
  });

  it('rejects whatever is not QMP, with an InfraError', async () => {
    const wrong = fc.uint8Array({ minLength: 1 }).filter((bytes) => !isBlank(bytes));
    await fc.assert(
      fc.asyncProperty(wrong, async (bytes) => {
        const fault = await faultOf(hearOnly(bytes).client);
        expect(fault.code).to.equal('QMP_GARBLED');
      }),
      { numRuns: 50 },
    );
  });

  for (const [what, text, code] of [
    ['nothing', '', 'QMP_CLOSED'],
    ['half a greeting', GREETING.slice(0, 30), 'QMP_GARBLED'],
    ['a greeting without a version', '{"QMP": {}}\n', 'QMP_GARBLED'],
    [
      'an error without an id',
      `${GREETING}{"error": {"class": "X", "desc": "y"}}\n`,
      'QMP_GARBLED',
    ],
    ['a line that does not end', 'x'.repeat(1024 * 1024 + 1), 'QMP_GARBLED'],
    ['a greeting and then the end', GREETING, 'QMP_CLOSED'],
  ] as const) {
    it(`fails to connect when it receives ${what}`, async () => {
      expect((await faultOf(hearOnly(text).client)).code).to.equal(code);
    });
  }

  it('shows what was garbled', async () => {
    expect((await faultOf(hearOnly('SeaBIOS\n').client)).output).to.equal('SeaBIOS');
  });

  for (const [what, text] of [
    ['the greeting', ''],
    ['an answer', GREETING],
  ] as const) {
    it(`does not wait for ever for ${what}`, async () => {
      expect((await faultOf(hearOnly(text, false).client)).code).to.equal('QMP_TIMEOUT');
    });
  }

  for (const [what, line] of [
    ['an event without a name', '{"event": 5}'],
    ['an answer without content', '{"id": 2}'],
    ['an answer that nobody waits for', '{"id":7,"return":{}}'],
    ['no JSON', 'QEMU: bye'],
  ] as const) {
    it(`fails pending and later commands when it receives ${what}`, async () => {
      const { client, peer } = await connect();
      const underWay = faultOf(client.execute('query-status'));
      peer.write(`${line}\n`);
      expect((await underWay).code).to.equal('QMP_GARBLED');
      expect((await client.closed)?.output).to.equal(line);
      expect((await faultOf(client.execute('cont'))).code).to.equal('QMP_GARBLED');
    });
  }

  it('treats a destroyed stream as ended', async () => {
    const { client, stream } = await connect();
    const underWay = faultOf(client.execute('query-status'));
    stream.destroy();
    expect((await underWay).code).to.equal('QMP_CLOSED');
    expect(await client.closed).to.equal(undefined);
  });
});

function isBlank(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('utf8').trim() === '';
}
