import type { Lock, LockedKernel } from '../lock.ts';

export const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

export const PACKAGED: LockedKernel = {
  release: '6.1.0-50-cloud-amd64',
  digest: digest('1'),
  image: digest('2'),
  config: digest('3'),
  debian: {
    package: 'linux-image-6.1.0-50-cloud-amd64',
    version: '6.1.176-1',
    suite: 'bookworm',
    files: [
      {
        package: 'linux-image-6.1.0-50-cloud-amd64',
        file: 'pool/main/l/linux-signed-amd64/linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb',
        sha256: '4'.repeat(64),
      },
    ],
  },
};

export const BUILT: LockedKernel = {
  release: '6.12.117',
  digest: digest('5'),
  inputs: { tree: digest('6'), compiler: 'gcc (Debian 12.2.0-14) 12.2.0' },
};

export const SAMPLE: Lock = {
  kernels: new Map([
    ['source-6.12+v1-on', BUILT],
    ['debian-6.1', PACKAGED],
  ]),
  agents: new Map([
    ['mine', { program: digest('7'), files: digest('8') }],
    ['guarded', { sources: digest('9') }],
  ]),
};
