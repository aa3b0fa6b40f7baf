/** What `kmx selftest` does to kernels. Each title is the name of a case. */
import { useGuest } from '../../../scenarios/support/guest.ts';

const SABOTEUR = '/rootfs/bin/workload';

describe('a kernel', () => {
  const guest = useGuest();

  /** Runs the saboteur; a guest that dies of it gives no answer. */
  async function sabotage(...command: readonly string[]): Promise<void> {
    const { code, stderr } = await guest.inside.run([SABOTEUR, ...command]);
    if (code === 2) throw new Error(stderr.toString('utf8'));
  }

  it('kernel-panics', () => guest.inside.writeFile('/proc/sysrq-trigger', 'c'));
  it('kernel-oopses', () => sabotage('load-module', 'oops'));
  it('kernel-warns', () => sabotage('load-module', 'warn'));
  it('kernel-tainted-silently', async () => {
    await guest.inside.writeFile('/proc/sys/kernel/printk', '0');
    await sabotage('load-module', 'warn');
  });
  it('console-silenced', () => guest.inside.writeFile('/proc/sys/kernel/printk', '0'));
  it('kernel-resets', () => sabotage('load-module', 'triple-fault'));
  it('guest-powers-off', () => sabotage('power-off'));
  it('guest-reboots', () => sabotage('reboot'));
  it('memory-runs-out', () => sabotage('eat-memory-unkillable'));
  it('memory-eaten', () => sabotage('eat-memory'));

  it('kernel-locks-up', async () => {
    await guest.inside.writeFile('/proc/sys/kernel/watchdog_thresh', '2');
    await sabotage('load-module', 'spin');
  });

  it('kernel-stalls', async () => {
    await guest.inside.writeFile('/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout', '3');
    await sabotage('load-module', 'spin-deaf');
  });
});
