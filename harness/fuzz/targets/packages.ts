import { match, ok } from 'node:assert';
import { recogniseAptFault } from '../../debian/apt-fault.ts';
import { parseAptTargets } from '../../debian/archive-uri.ts';
import { InfraError } from '../../errors.ts';
import { chooseKernels } from '../../kernels/debian/choose-kernel.ts';
import { findKernelFiles } from '../../kernels/debian/layout.ts';
import { parsePackageList } from '../../kernels/debian/package-list.ts';
import { parseLoaderCache } from '../../prepare/loader-cache.ts';
import { allowRefusal, type FuzzTarget } from '../fuzz-target.ts';

const RECORD = [
  'Package: linux-image-6.19.14-cloud-amd64',
  'Version: 6.19.14-1~bpo13+1',
  'Depends: linux-binary-6.19.14-cloud-amd64 (= 6.19.14-1~bpo13+1), kmod',
  'Filename: pool/main/l/linux-signed-amd64/linux-image-6.19.14-cloud-amd64_6.19.14_amd64.deb',
  'Size: 1000',
  `SHA256: ${'0123456789abcdef'.repeat(4)}`,
  '',
  '',
].join('\n');

/** Names and versions that can be parts of names of files. */
export const packageList: FuzzTarget = {
  name: 'package-list',
  seeds: () =>
    [RECORD, RECORD.replaceAll('image', 'binary') + RECORD].map((text) => Buffer.from(text)),
  run(input) {
    const packages = parsePackageList(Buffer.from(input).toString());
    for (const { name, version, sha256, bytes } of packages) {
      match(`${name}_${version}`, /^[\w.+~:-]+$/);
      ok(/^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(bytes));
    }
    const suite = { suite: 's', archive: 'file:/a', packages };
    const wanted = {
      kind: 'debian-series',
      suites: ['s'],
      series: '6.19',
      flavour: 'cloud',
    } as const;
    chooseKernels({ ...wanted, sha256: {}, unlisted: 'refuse' }, [suite]);
  },
};

/** What apt, ldconfig and tar print. */
export const hostPrograms: FuzzTarget = {
  name: 'host-programs',
  seeds: () =>
    [
      'http://a.example/debian/ bookworm main Debian\nfile:/srv/ ./ $(COMPONENT) $(ORIGIN)\n',
      '\tlibz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1\n',
      'boot/vmlinuz-6.1\nboot/config-6.1\nlib/modules/6.1/kernel/virtio.ko\n',
      'E: Sub-process http received signal 25.\nE: Failed to fetch 404  Not Found\n',
    ].map((text) => Buffer.from(text)),
  run(input) {
    const text = Buffer.from(input).toString();
    parseAptTargets(text);
    recogniseAptFault(text);
    for (const [name, paths] of parseLoaderCache(text)) {
      ok(paths.every((path) => path === name || path.endsWith(`/${name}`)));
    }
    allowRefusal(InfraError, () => void findKernelFiles(text.split('\n')));
  },
};
