import { buildElf } from '../../kernels/testing/build-elf.ts';

/** The parts of a kernel module that say what it is. */
export function buildModule(name: string, release: string, depends: readonly string[]): Buffer {
  const lines = [
    'license=GPL',
    `depends=${depends.join(',')}`,
    `name=${name}`,
    `vermagic=${release} SMP mod_unload modversions `,
  ];
  const info = Buffer.from(lines.map((line) => `${line}\0`).join(''));
  return buildElf({ sections: [{ name: '.modinfo', body: info }] });
}
