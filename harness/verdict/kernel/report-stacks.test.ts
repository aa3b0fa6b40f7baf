import { expect } from 'chai';
import { createReportStacks } from './report-stacks.ts';

function placeIn(...messages: readonly string[]): string | undefined {
  const stacks = createReportStacks();
  for (const message of messages) stacks.add(message);
  return stacks.place;
}

const PRESENT = ['Call Trace:', ' pids_charge+0x12/0x60'];

/** Lines before stacks that tell how it came to what happened. */
const PAST = [
  'Allocated by task 92:',
  'Freed by task 92:',
  'Allocated:',
  'INFO: Freed in pids_free+0x12/0x60 age=12 cpu=0 pid=92',
  'Last potentially related work creation:',
  'Uninit was created at:',
  'Uninit was stored to memory at:',
  'Local variable ----buf@pids_show created at:',
  'page last allocated via order 0, migratetype Unmovable, gfp_mask 0xcc0(GFP_KERNEL)',
  'page last free stack trace:',
  'allocated by task 92 on cpu 0 at 12.000000s:',
  'Preemption disabled at:',
  'Last Breaking-Event-Address:',
  'the existing dependency chain (in reverse order) is:',
  '-> #1 (&p->lock){+.+.}-{4:4}:',
  '{SOFTIRQ-ON-W} state was registered at:',
  '... which became SOFTIRQ-irq-unsafe at:',
];

describe('the stacks of a report', () => {
  for (const line of PAST) {
    it(`do not count after ‘${line.slice(0, 40)}’, until one that does`, () => {
      expect(placeIn(line, ' pids_free+0x12/0x60')).to.equal(undefined);
      expect(placeIn(line, ' pids_free+0x12/0x60', ...PRESENT)).to.equal('pids_charge');
    });
  }

  it('begin with the instruction', () => {
    expect(placeIn('RIP: 0010:pids_free+0x12/0x60', ...PRESENT)).to.equal('pids_free');
    expect(placeIn('RIP: 0010:kfree+0x12/0x60', ...PRESENT)).to.equal('pids_charge');
    expect(placeIn('PC is at memcpy+0x12/0x60', 'LR is at pids_free+0x12/0x60')).to.equal(
      'pids_free',
    );
  });

  it('may lead to a worker, whose work is named before them', () => {
    const work = (text: string) => placeIn(`Workqueue: ${text}`, ' worker_thread+0x12/0x60');
    expect(work('events css_free_rwork_fn')).to.equal('css_free_rwork_fn');
    expect(work('writeback wb_workfn (flush-8:0)')).to.equal('wb_workfn');
    expect(work('phy3 ieee80211_iface_work [mac80211]')).to.equal('ieee80211_iface_work');
    expect(work(' 0x0 (bound)')).to.equal(undefined);
  });

  it('end an interrupt by a marker, in a line of its own or before a frame', () => {
    const inside = [' <IRQ>', ' call_timer_fn+0x12/0x60', ' __do_softirq+0x12/0x60'];
    expect(placeIn(...inside, ' </IRQ>', ' pids_charge+0x12/0x60')).to.equal('call_timer_fn');
    const old = ' <EOI>  [<ffffffff8119a3f2>] pids_charge+0x12/0x60';
    expect(placeIn(...inside, old)).to.equal('call_timer_fn');
    const power = '--- interrupt: 901 at .pids_charge+0x12/0x60';
    expect(placeIn(...inside, power)).to.equal('call_timer_fn');
    expect(placeIn(' dump_stack+0x12/0x60', power)).to.equal('pids_charge');
  });

  it('include the caller that a check of preemption names', () => {
    expect(placeIn('caller is pids_charge+0x12/0x60', ' pids_free+0x12/0x60')).to.equal(
      'pids_charge',
    );
  });
});
