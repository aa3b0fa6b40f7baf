import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { checkSandbox, checkUser } from './host-checks.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

describe('kmx doctor', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-doctor-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('says when QEMU has no sandbox, and what to do about it', async () => {
    const refuse = 'if [ "$1" = -sandbox ]; then exit 1; fi';
    const script = `#!/bin/sh\n${refuse}\necho "QEMU emulator version 8.2.1"\n`;
    writeFileSync(join(folder, 'qemu-system-x86_64'), script, { mode: 0o755 });
    const env = { PATH: [folder, process.env.PATH].join(delimiter), KMX_CACHE: folder };
    const { stdout } = await execa(process.execPath, [MAIN, 'doctor'], { env, reject: false });
    expect(stdout).to.match(/^fine +qemu +QEMU 8\.2\.1$/m);
    expect(stdout).to.match(
      /^reduced +sandbox +QEMU was built without seccomp: .*\n +→ use a QEMU/m,
    );
  });

  it('is content with a sandbox, and with an ordinary user', () => {
    expect(checkSandbox(true)).to.have.property('state', 'fine');
    expect(checkUser(1000)).to.have.property('state', 'fine');
  });

  it('advises against root', () => {
    expect(checkUser(0)).to.have.property('state', 'reduced');
    expect(checkUser(0)).to.have.property('remedy').that.includes('ordinary user');
  });
});
