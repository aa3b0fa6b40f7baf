import { expect } from 'chai';
import { differentInputs, type OwnInputs } from './input-differences.ts';

const MACHINE = { name: 'qemu', kind: 'qemu', accelerator: 'tcg', version: '7.2.22' } as const;
const KERNEL = { name: 'k', release: '6.12.117', digest: 'sha256:aaaa', origin: 'debian' };
const OWN = {
  host: { kmx: '0.1.0', node: 'v24', kernel: '6.1', cpus: 2, memoryMib: 4096, machines: [MACHINE] },
  kernels: [KERNEL],
  matrix: 'matrix.yaml',
  inputs: { 'agent a': 'sha256:1111', 'agent b': 'sha256:2222', 'scenarios/': 'sha256:3333' },
} satisfies OwnInputs;

describe('what a reproduction is made from', () => {
  it('does not differ from the original if it is the same, or has fewer agents', () => {
    const { 'agent b': _, ...inputs } = OWN.inputs;
    expect(differentInputs(OWN, OWN)).to.deep.equal([]);
    expect(differentInputs(OWN, { ...OWN, inputs })).to.deep.equal([]);
  });

  it('differs in the kernel, the agent, QEMU and the host: what it is, and what it was', () => {
    const original = {
      ...OWN,
      host: { ...OWN.host, cpus: 64, machines: [{ ...MACHINE, accelerator: 'kvm' as const }] },
      kernels: [{ ...KERNEL, release: '6.12.110', digest: 'sha256:bbbb' }],
      inputs: { ...OWN.inputs, 'agent a': 'sha256:9999' },
    };
    expect(differentInputs(original, OWN).map(({ text }) => text)).to.deep.equal([
      'agent a: sha256:1111, was sha256:9999',
      'kernel k: 6.12.117, was 6.12.110',
      'machine qemu: QEMU 7.2.22 tcg, was QEMU 7.2.22 kvm',
      'host: Linux 6.1, 2 CPUs, 4 GiB, was Linux 6.1, 64 CPUs, 4 GiB',
    ]);
  });
});
