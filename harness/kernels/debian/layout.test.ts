import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import { findKernelFiles } from './layout.ts';

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, 'testdata', 'layouts', `${name}.txt`), 'utf8')
    .trim()
    .split('\n');

describe("The files of a kernel's packages", () => {
  const expected = [
    ['6.1', 'boot/vmlinuz-V', 'boot/config-V', 'lib/modules/V'],
    ['6.12-bookworm', 'boot/vmlinuz-V', 'boot/config-V', 'lib/modules/V'],
    ['6.12', 'boot/vmlinuz-V', 'boot/config-V', 'usr/lib/modules/V'],
    ['6.19', 'boot/vmlinuz-V', 'boot/config-V', 'usr/lib/modules/V'],
    ['7.2', 'usr/lib/modules/V/vmlinuz', 'usr/lib/modules/V/config', 'usr/lib/modules/V'],
  ] as const;
  for (const [name, image, config, modules] of expected) {
    it(`are found as ${name} lays them out`, () => {
      const { modules: found = '', ...others } = findKernelFiles(read(name));
      const release = found.slice(found.lastIndexOf('/') + 1);
      const named = (path: string) => path.replace('V', release);
      expect({ ...others, modules: found }).to.deep.equal({
        image: named(image),
        config: named(config),
        modules: named(modules),
      });
    });
  }

  it('may hold an unsigned image', () => {
    const files = read('7.2').map((file) => file.replace('/vmlinuz', '/vmlinuz.unsigned'));
    expect(findKernelFiles(files).image).to.match(/vmlinuz\.unsigned$/);
  });

  it('may hold no modules', () => {
    expect(findKernelFiles(['boot/vmlinuz-6.1', 'boot/config-6.1'])).to.not.have.key('modules');
  });

  it('are refused without an image, without a config, and with two images', () => {
    const files = read('6.1');
    const without = (part: string) => files.filter((file) => !file.includes(part));
    for (const [listing, message] of [
      [without('vmlinuz'), 'image (vmlinuz) in the packages, found none'],
      [without('config'), 'config in the packages, found none'],
      [[...files, 'boot/vmlinuz-other'], 'boot/vmlinuz-other'],
    ] as const) {
      expect(() => findKernelFiles(listing)).to.throw(InfraError, message);
    }
  });
});
