import { expect } from 'chai';
import { findInstruction } from './instruction.ts';
import { findFrame, keepCause } from './kernel-frames.ts';

/** A name by a compiler or a kernel version, and the name used here. */
const NAMES: Readonly<Record<string, string>> = {
  'cpuset_attach.isra.0': 'cpuset_attach',
  'cpuset_attach.constprop.0.isra.0.cold': 'cpuset_attach',
  'copy_process.part.4': 'copy_process',
  'cpuset_attach.llvm.8731263871': 'cpuset_attach',
  'cpuset_attach.__uniq.123456.cfi_jt': 'cpuset_attach',
  __x64_sys_setns: 'sys_setns',
  SyS_setns: 'sys_setns',
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

  it('is read from frames and instructions of the kernel, however they are printed', () => {
    expect(findFrame(' pids_charge+0x12/0x60')).to.equal('pids_charge');
    expect(findFrame(' pids_charge+0x12/0x60 [kmx]')).to.equal('pids_charge');
    expect(findFrame(' [<ffffffff8119a3f2>] pids_charge+0x12/0x60')).to.equal('pids_charge');
    expect(findInstruction('RIP: 0010:pids_charge+0x12/0x60')).to.equal('pids_charge');
    const old = 'RIP: 0010:[<ffffffff8119a3f2>]  [<ffffffff8119a3f2>] pids_charge+0x12/0x60';
    expect(findInstruction(old)).to.equal('pids_charge');
  });

  it('is not read from what the unwinder doubts, nor from a program', () => {
    expect(findFrame(' ? pids_charge+0x12/0x60')).to.equal(undefined);
    expect(findFrame(' [<ffffffff8119a3f2>] ? pids_charge+0x12/0x60')).to.equal(undefined);
    expect(findInstruction('RIP: 0033:0x47b7a0')).to.equal(undefined);
    expect(findInstruction('RIP: 0010:0x0')).to.equal(undefined);
  });
});
