import { probedFacts } from '../../testing/probed-facts.ts';

/** One message of each kind, and one result of each method. */
const facts = {
  release: '6.12.117+deb13-cloud-amd64',
  cmdline: 'console=ttyS0 quiet',
  cpus: 2,
  memoryMib: 231,
  v2Controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'],
  ...probedFacts(),
  configGz: 'H4sIAAAA',
};

const processes = [
  {
    ...{ pid: 74, parent: 1, name: 'agent', state: 'S', threads: 3 },
    ...{ cgroups: ['0::/'], cpusAllowed: '0-1' },
  },
];

export const RESULTS: readonly unknown[] = [
  facts,
  {
    controllers: ['cpu', 'memory'],
    mounts: [{ path: '/sys/fs/cgroup', type: 'cgroup2', options: 'rw,nosuid' }],
  },
  { pid: 74 },
  { state: 'connecting', connections: 1, toAgentBytes: 9, toHostBytes: 0, problem: 'connect /x' },
  { stdoutBytes: 0, stderrBytes: 5, tainted: 512, consoleLogLevel: 7, initialLogLevel: 7 },
  { code: 0, signal: null, stdout: 'bWF4Cg==', stderr: '', truncated: false, timedOut: false },
  { data: 'bWF4Cg==', truncated: false },
  { entries: [{ name: 'cpu.max', kind: 'file' }] },
  { processes },
  { uptimeMs: 5310 },
  {},
  null,
];

export const MESSAGES: readonly object[] = [
  { type: 'hello', protocol: 1, release: facts.release, uptimeMs: 2310 },
  ...RESULTS.map((result, at) => ({ type: 'response', id: at + 1, result })),
  { type: 'response', id: 7, error: { code: 'ENOENT', message: 'open /sys/x: No such file' } },
  { type: 'event', name: 'heartbeat', uptimeMs: 5310 },
  { type: 'event', name: 'agent-exit', pid: 74, code: 101, signal: null },
  { type: 'event', name: 'agent-exit', pid: 74, code: null, signal: 'SIGABRT' },
];
