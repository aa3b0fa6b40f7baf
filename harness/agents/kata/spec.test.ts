import { create } from '@bufbuild/protobuf';
import { expect } from 'chai';
import { SpecSchema } from './generated/oci_pb.js';
import { buildProcess, buildResources, buildSpec } from './spec.ts';

describe('OCI spec of a container', () => {
  it('has everything that kata-agent insists on, and only the resources asked for', () => {
    expect(buildSpec({ id: 'c1', arguments: ['workload', 'sleep'] })).to.deep.equal({
      Version: '1.0.2',
      Process: {
        User: { UID: 0, GID: 0 },
        Args: ['workload', 'sleep'],
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Cwd: '/',
        Capabilities: {},
        NoNewPrivileges: true,
      },
      Root: { Path: '/rootfs' },
      Hostname: '',
      Mounts: [
        { destination: '/proc', type: 'proc', source: 'proc', options: [] },
        {
          destination: '/dev',
          type: 'tmpfs',
          source: 'tmpfs',
          options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
        },
        {
          destination: '/sys',
          type: 'sysfs',
          source: 'sysfs',
          options: ['nosuid', 'noexec', 'nodev', 'ro'],
        },
      ],
      Annotations: { 'kernel-matrix.container': 'c1' },
      Linux: {
        CgroupsPath: '/kmx/c1',
        Namespaces: [{ Type: 'mount' }, { Type: 'ipc' }, { Type: 'uts' }],
      },
    });
  });

  it('prefers given values to defaults', () => {
    const spec = buildSpec({
      id: 'c1',
      arguments: ['workload'],
      environment: { PATH: '/opt', LANG: 'C' },
      workingDirectory: '/tmp',
      rootfs: '/other',
      cgroupPath: '/pod/c1',
      hostname: 'guest',
      namespaces: ['mount', 'network'],
      resources: {},
    });
    expect(spec).to.deep.include({ Root: { Path: '/other' }, Hostname: 'guest' });
    expect(spec.Process).to.deep.include({ Env: ['PATH=/opt', 'LANG=C'], Cwd: '/tmp' });
    expect(spec.Linux).to.deep.equal({
      CgroupsPath: '/pod/c1',
      Namespaces: [{ Type: 'mount' }, { Type: 'network' }],
      Resources: {},
    });
  });

  it('has Capabilities in its message, although they are empty', () => {
    const { Process, Linux } = create(SpecSchema, buildSpec({ id: 'c1', arguments: ['a'] }));
    expect(Process?.Capabilities?.$typeName).to.equal('grpc.LinuxCapabilities');
    expect(Linux?.Resources).to.equal(undefined);
  });

  it('gives executed processes the same environment as the first one', () => {
    const arguments_ = ['workload'];
    expect(buildProcess({ arguments: arguments_ })).to.deep.equal(
      buildSpec({ id: 'c1', arguments: arguments_ }).Process,
    );
  });
});

describe('OCI resources', () => {
  it('have a message for exactly the parts that are given, even empty ones', () => {
    expect(buildResources({})).to.deep.equal({});
    expect(buildResources({ cpu: {} })).to.deep.equal({ CPU: {} });
    expect(buildResources({ memory: {} })).to.deep.equal({ Memory: {} });
    expect(buildResources({ pids: { limit: 7 } })).to.deep.equal({ Pids: { Limit: 7n } });
  });

  it('contain every field under its OCI name', () => {
    const resources = buildResources({
      cpu: { shares: 512, quotaUs: -1, periodUs: 100_000, cpus: '0-1', mems: '0' },
      memory: {
        limitBytes: 64 << 20,
        reservationBytes: 32 << 20,
        swapBytes: 96 << 20,
        swappiness: 10,
        disableOomKiller: true,
      },
    });
    expect(resources).to.deep.equal({
      CPU: { Shares: 512n, Quota: -1n, Period: 100_000n, Cpus: '0-1', Mems: '0' },
      Memory: {
        Limit: 67_108_864n,
        Reservation: 33_554_432n,
        Swap: 100_663_296n,
        Swappiness: 10n,
        DisableOOMKiller: true,
      },
    });
  });

  it('refuse a number that is not an integer, and name it', () => {
    expect(() => buildResources({ cpu: { quotaUs: 1.5 } })).to.throw(
      RangeError,
      'resources.cpu.quotaUs: expected a whole number, found 1.5',
    );
  });
});
