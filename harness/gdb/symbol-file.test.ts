import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { parseKallsyms } from './kallsyms.ts';
import { symbolFile } from './symbol-file.ts';

/** Of Linux 6.12 on x86-64; the lines of another form are ours. */
const KALLSYMS = `0000000000000000 D __per_cpu_start
ffffffff9c600000 T _text
ffffffff9c600000 T startup_64
ffffffff9c6b5e20 T panic
ffffffff9dc0a940 D init_task
ffffffffc02d1000 t virtcons_probe\t[virtio_console]
no symbol
`;

describe('the symbols of a running kernel', () => {
  it('are read with their addresses, those of modules, too', () => {
    expect(parseKallsyms(KALLSYMS)).to.deep.equal([
      { name: '_text', address: 0xffffffff9c600000n, isCode: true },
      { name: 'startup_64', address: 0xffffffff9c600000n, isCode: true },
      { name: 'panic', address: 0xffffffff9c6b5e20n, isCode: true },
      { name: 'init_task', address: 0xffffffff9dc0a940n, isCode: false },
      { name: 'virtcons_probe', address: 0xffffffffc02d1000n, isCode: true },
    ]);
  });

  it('are none in a kernel that hides their addresses', () => {
    expect(parseKallsyms(KALLSYMS.replaceAll(/^[0-9a-f]{16}/gm, '0'.repeat(16)))).to.be.empty;
  });

  it('become a file that gdb reads', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmx-symbols-'));
    try {
      const file = join(folder, 'kernel.symbols');
      writeFileSync(file, symbolFile(parseKallsyms(KALLSYMS)));
      const { stdout, stderr } = await execa('gdb', [
        ...['-nx', '-batch', '-ex', `symbol-file ${file}`],
        ...['-ex', 'info symbol 0xffffffff9c6b5e24', '-ex', 'info address init_task'],
        ...['-ex', 'info symbol 0xffffffffc02d1000'],
      ]);
      expect(stderr).to.equal('');
      expect(stdout).to.include('panic + 4 in section .text');
      expect(stdout).to.include('Symbol "init_task" is at 0xffffffff9dc0a940');
      expect(stdout).to.include('virtcons_probe in section .text');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
