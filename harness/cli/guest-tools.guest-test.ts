/** Tools from Debian's packages in a real guest; fetched if they are not cached. */
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { cacheRoot } from '../cache/cache-root.ts';
import { provideTools } from '../guest-tools/provide-tools.ts';
import { TOOL_PROGRAM_FOLDER } from '../guest-tools/tool-layout.ts';
import { startTool } from '../live-guest/guest-tool.ts';
import { installTools } from '../live-guest/install-tools.ts';
import { type BootedGuest, bootToolGuest } from './testing/boot-tool-guest.ts';

describe('tools out of packages', () => {
  let booted: BootedGuest;
  before(async () => {
    const context = { cacheRoot: cacheRoot(process.env), onProgress: () => {} };
    const files = await provideTools(['gdbserver', 'strace'], context);
    booted = await bootToolGuest();
    await installTools(booted.guest, files);
  });
  after(() => booted?.[Symbol.asyncDispose]());

  async function outputOf(name: string, ...words: readonly string[]): Promise<string> {
    const argv = [`${TOOL_PROGRAM_FOLDER}/${name}`, ...words];
    await using tool = await startTool(booted.guest, { argv });
    const output = await text(tool.output);
    expect(await tool.ended).to.deep.equal({ kind: 'exited', code: 0, signal: null }, output);
    return output;
  }

  it('run in a guest that has none of their libraries', async () => {
    expect(await outputOf('busybox')).to.match(/^BusyBox v1\./);
    expect(await outputOf('gdbserver', '--version')).to.match(/^GNU gdbserver /);
    expect(await outputOf('strace', '--version')).to.match(/^strace -- version /);
  });

  it('have a link for each applet, and trace a program', async () => {
    const uname = `${TOOL_PROGRAM_FOLDER}/uname`;
    const output = await outputOf('strace', '-f', '-e', 'trace=uname', uname, '-r');
    expect(output).to.match(/uname\(\{sysname="Linux"/);
    expect(output).to.include(booted.guest.facts.release);
  });
});
