import { expect } from 'chai';
import { readRecording, replayQmp } from '../testing/replay-qmp.ts';
import { controlGuest } from './guest-control.ts';
import type { QemuProcess } from './qemu-process.ts';

/** Starts the guest of a recorded QEMU; `counts.kills` is how often that QEMU was killed. */
async function startRecorded(recording: readonly string[]) {
  const stream = replayQmp(recording);
  const counts = { kills: 0 };
  const kill = async () => {
    counts.kills += 1;
    stream.destroy();
  };
  const ended = Promise.withResolvers<never>().promise;
  const process: QemuProcess = { pid: 1, ended, kill, [Symbol.asyncDispose]: kill };
  const control = await controlGuest(process, stream, 1000);
  await control.execute('cont');
  return { counts, control };
}

describe('the control of a guest', () => {
  it('reports that the guest shut itself down', async () => {
    const { control, counts } = await startRecorded(readRecording('qmp-guest-shutdown.txt'));
    expect(await control.closed).to.deep.equal({ reason: 'guest-shutdown', isBroken: false });
    expect(counts.kills).to.equal(0);
  });

  it('reports that the kernel panicked, though the guest then resets itself', async () => {
    const { control } = await startRecorded(readRecording('qmp-guest-panic.txt'));
    expect(await control.closed).to.deep.equal({ reason: 'guest-panic', isBroken: false });
  });

  it('ends a QEMU that has stopped its guest for good', async () => {
    const { control, counts } = await startRecorded(readRecording('qmp-internal-error.txt'));
    expect(await control.closed).to.deep.equal({ reason: 'internal-error', isBroken: true });
    expect(counts.kills).to.equal(1);
  });

  it('leaves a guest alone that was paused', async () => {
    const recording = readRecording('qmp-internal-error.txt').map((line) =>
      line.replace('internal-error', 'paused'),
    );
    const { control, counts } = await startRecorded(recording);
    expect(await control.closed).to.deep.equal({ isBroken: false });
    expect(counts.kills).to.equal(0);
  });

  it('keeps the fault if QEMU’s messages become unintelligible', async () => {
    const recording = [...readRecording('qmp-guest-shutdown.txt').slice(0, -1), '< {"event": '];
    const { control } = await startRecorded(recording);
    expect((await control.closed).fault?.code).to.equal('QMP_GARBLED');
  });
});
