import { expect } from 'chai';
import { execaSync } from 'execa';
import { formatCommand } from './shell-command.ts';

describe('a command line for the shell', () => {
  it('has one option a line', () => {
    const text = formatCommand(['qemu', '-smp', '2', '-no-reboot', '-m', '256M']);
    expect(text).to.equal('qemu \\\n  -smp 2 \\\n  -no-reboot \\\n  -m 256M\n');
  });

  it('gives a shell exactly the words that it was made from', () => {
    const words = ['-append', 'a b  "c"', "it's", '$HOME', '`id`', 'x;y', '', '*', 'new\nline'];
    const { stdout } = execaSync('sh', ['-c', formatCommand(['printf', '%s|', ...words])]);
    expect(stdout).to.equal(words.map((word) => `${word}|`).join(''));
  });
});
