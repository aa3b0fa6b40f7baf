import { expect } from 'chai';
import { keepCause, readFrames } from './kernel-frames.ts';

/** A name by a compiler or a kernel version, and the name used here. */
const NAMES: Readonly<Record<string, string>> = {
  'cpuset_attach.isra.0': 'cpuset_attach',
  'cpuset_attach.constprop.0.isra.0.cold': 'cpuset_attach',
  'copy_process.part.4': 'copy_process',
  'cpuset_attach.llvm.8731263871': 'cpuset_attach',
  'cpuset_attach.__uniq.123456.cfi_jt': 'cpuset_attach',
  __x64_sys_setns: 'sys_setns',
  SyS_setns: 'sys_setns',
  SYSC_setns: 'sys_setns',
  __se_sys_setns: 'sys_setns',
  __arm64_sys_setns: 'sys_setns',
  __s390x_sys_setns: 'sys_setns',
  ksys_write: 'sys_write',
  __ia32_compat_sys_ioctl: 'compat_sys_ioctl',
  compat_SyS_ioctl: 'compat_sys_ioctl',
  C_SYSC_ioctl: 'compat_sys_ioctl',
  '.cpuset_attach': 'cpuset_attach',
  'cpuset_attach.37114': 'cpuset_attach',
  cpuset_attach$b2a10c0f3d5e4a77: 'cpuset_attach',
  cpuset_alloc_noprof: 'cpuset_alloc',
  __do_sys_setns: 'sys_setns',
  _RNvNtCs43vyB533jt3_6kernel5print11call_printk: '_RNvNtC6kernel5print11call_printk',
  _ZN4core9panicking5panic17h0123456789abcdefE: '_ZN4core9panicking5panicE',
};

/** Functions that report, check, wait or idle tell nothing apart. */
const NO_CAUSES = [
  'dump_stack_lvl',
  '__warn',
  'report_bug',
  'asm_exc_page_fault',
  'kasan_report',
  '__asan_load8',
  'refcount_warn_saturate',
  '__list_add_valid_or_report',
  '__kmalloc_noprof',
  'kmem_cache_free',
  '_raw_spin_lock_irqsave',
  'native_queued_spin_lock_slowpath.part.0',
  'mutex_lock_nested',
  'schedule_timeout',
  'pv_native_safe_halt',
  'default_idle_call',
  'cpu_startup_entry',
  'ret_from_fork_asm',
];

describe('a kernel function', () => {
  for (const [name, expected] of Object.entries(NAMES)) {
    it(`${name} is called ${expected} by every kernel`, () => {
      expect(keepCause(name)).to.equal(expected);
    });
  }

  it('is no cause if it only reports, checks, waits or idles', () => {
    for (const name of NO_CAUSES) expect(keepCause(name), name).to.equal(undefined);
  });
});

/** Each is a frame of `pids_charge`, as a kernel or a tool prints it. */
const FRAMES = [
  ' pids_charge+0x12/0x60',
  ' pids_charge+0x12/0x60 [kmx]',
  ' pids_charge+0x12/0x60 kernel/cgroup/pids.c:149',
  ' pids_charge+0x12/0x60 (P)',
  ' [<ffffffff8119a3f2>] pids_charge+0x12/0x60',
  ' [<00000000b2d3f4a1>] pids_charge+0x12/0x60',
  ' <EOI>  [<ffffffff8119a3f2>] pids_charge+0x12/0x60',
  ' <<EOE>>  [<ffffffff8119a3f2>] pids_charge+0x12/0x60',
  '[c00000000119a3f2] [c00000000219a3f2] pids_charge+0x12/0x60',
  '[c00000000119a3f2] [c00000000219a3f2] .pids_charge+0x12/0x60',
  '([<000000000119a3f2>] pids_charge+0x12/0x60)',
  ' [<000000000119a3f2>] pids_charge+0x12/0x60',
  'Call Trace:[<8119a3f2>] pids_charge+0x12/0x60',
  '6119a3f2:  [<6002a3f2>] pids_charge+0x12/0x60',
  ' pids_charge+0x12/0x60 from entry',
  ' pids_charge (kernel/cgroup/pids.c:149)',
  ' pids_charge (./include/linux/cgroup.h:12 kernel/cgroup/pids.c:149) kmx',
  ' pids_charge (kernel/cgroup/pids.c:149 (discriminator 3))',
];

/** The unwinder doubts these. */
const DOUBTFUL = [
  ' ? pids_charge+0x12/0x60',
  ' [<ffffffff8119a3f2>] ? pids_charge+0x12/0x60',
  ' ? pids_charge (kernel/cgroup/pids.c:149)',
  '[c00000000119a3f2] [c00000000219a3f2] pids_charge+0x12/0x60 (unreliable)',
];

/** None of these is a function of a stack. */
const NO_FRAMES = [
  ' pids_charge kernel/cgroup/pids.c:149 [inline]',
  ' [<     inline     >] pids_charge kernel/cgroup/pids.c:149',
  'removed from bus',
  'Read of size 4 at addr ffff8801480751a0 by task prog/17106',
  ' #0: ffffffff (lock){+.+.}, at: pids_charge+0x12/0x60',
  'Modules linked in: kmx(E)',
];

describe('a frame of a stack', () => {
  it('names a function, however it is printed', () => {
    for (const text of FRAMES) {
      const [frame] = readFrames(text);
      expect(keepCause(frame?.name), text).to.equal('pids_charge');
      expect(frame?.isSure, text).to.equal(true);
    }
  });

  it('may be in doubt', () => {
    for (const text of DOUBTFUL) {
      expect(readFrames(text), text).to.have.length(1);
      expect(readFrames(text)[0]?.isSure, text).to.equal(false);
    }
  });

  it('is not what a tool says is inlined, nor any other line', () => {
    for (const text of NO_FRAMES) expect(readFrames(text), text).to.deep.equal([]);
  });

  it('is two on 32-bit ARM: who was called and who called', () => {
    const now = ' show_stack from pids_charge+0x12/0x60';
    const before = '[<c0014f3c>] (show_stack) from [<c0314f3c>] (pids_charge+0x12/0x60)';
    const old = '[<c0014f3c>] (show_stack+0x0/0xf8) from [<c0314f3c>] (pids_charge+0x12/0x60)';
    for (const text of [now, before, old]) {
      const names = readFrames(text).map(({ name }) => name);
      expect(names, text).to.deep.equal(['show_stack', 'pids_charge']);
    }
  });

  it('has the file of the function, not of what is inlined into it', () => {
    expect(readFrames(' f+0x1/0x2 mm/kasan/report.c:3')[0]?.file).to.equal('mm/kasan/report.c');
    expect(readFrames(' f (include/a.h:3 net/b.c:9)')[0]?.file).to.equal('net/b.c');
  });
});
