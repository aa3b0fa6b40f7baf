import { expect } from 'chai';
import { createStackPlace, type StackOptions } from './stack-place.ts';

/** Frames by name, with `?` in front if in doubt; `|` is the end of what interrupted the rest. */
function placeIn(stack: string, options?: StackOptions, work?: string): string | undefined {
  const places = createStackPlace(options);
  if (work !== undefined) places.addWork(work);
  for (const word of stack.split(' ')) {
    if (word === '|') places.endContext();
    else places.add({ name: word.replace('?', ''), isSure: !word.startsWith('?') });
  }
  return places.place;
}

describe('the place in a stack', () => {
  it('is the innermost function that is not machinery', () => {
    expect(placeIn('dump_stack kasan_report memcpy pids_charge cgroup_fork')).to.equal(
      'pids_charge',
    );
    expect(placeIn('__schedule schedule rwsem_down_read down_read pids_charge')).to.equal(
      'pids_charge',
    );
  });

  it('is a helper if there is nothing else, and never what is in every trace', () => {
    expect(placeIn('dump_stack call_timer_fn run_timers __do_softirq')).to.equal('call_timer_fn');
    expect(placeIn('dump_stack panic do_syscall_64')).to.equal(undefined);
  });

  it('is the work of a worker rather than a helper, but not than another function', () => {
    expect(placeIn('process_one_work kthread', {}, 'css_free')).to.equal('css_free');
    expect(placeIn('kfree pids_free process_one_work', {}, 'css_free')).to.equal('pids_free');
  });

  it('is a frame in doubt only if all frames are', () => {
    expect(placeIn('?pids_free schedule pids_charge')).to.equal('pids_charge');
    expect(placeIn('?schedule ?pids_free ?pids_charge')).to.equal('pids_free');
  });

  it('is a frame in doubt if the instruction is machinery and all frames are in doubt', () => {
    const places = createStackPlace();
    places.addInstruction('memcpy');
    expect(places.place).to.equal('memcpy');
    places.add({ name: 'pids_charge', isSure: false });
    expect(places.place).to.equal('pids_charge');
    places.add({ name: 'schedule', isSure: true });
    expect(places.place).to.equal('memcpy');
  });

  it('is not what a helper interrupted', () => {
    expect(placeIn('call_timer_fn __do_softirq | pids_charge')).to.equal('call_timer_fn');
    const old = 'kasan_report run_timers irq_exit apic_timer_interrupt pids_charge';
    expect(placeIn(old)).to.equal('run_timers');
    expect(placeIn('call_timer_fn __do_softirq | pids_charge', {}, 'css_free')).to.equal(
      'call_timer_fn',
    );
  });

  it('is what runs softirqs, if a CPU does nothing else there', () => {
    expect(placeIn('__do_softirq irq_exit asm_sysvec_apic_timer_interrupt pids_charge')).to.equal(
      '__do_softirq',
    );
    expect(placeIn('pids_poll net_rx_action __do_softirq irq_exit')).to.equal('pids_poll');
  });

  it('is below the interrupt that came to print the stack', () => {
    const look = 'dump_stack rcu_dump_cpu_stacks update_process_times hrtimer_run_queues';
    expect(placeIn(`${look} asm_sysvec_apic_timer_interrupt pids_charge`)).to.equal('pids_charge');
    expect(placeIn(`${look} | memcpy pids_charge`)).to.equal('pids_charge');
    expect(placeIn(`${look} el1h_64_irq call_timer_fn el1h_64_irq pids_charge`)).to.equal(
      'call_timer_fn',
    );
  });

  it('is who wanted the object, in the stack of an allocation, not who makes such objects', () => {
    expect(placeIn('warn_alloc kmem_cache_alloc_node __alloc_skb pids_notify')).to.equal(
      'pids_notify',
    );
    expect(placeIn('kasan_report __alloc_skb pids_notify')).to.equal('__alloc_skb');
    expect(placeIn('__alloc_skb pids_notify', { isLeak: true })).to.equal('pids_notify');
  });
});
