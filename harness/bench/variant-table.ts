import type { VmSpec } from '../machine/machine.ts';

/** Another way to boot the same guest. docs/speed.md says what each one brings. */
export interface Variant {
  readonly name: string;
  /** Words to add to QEMU's command line. */
  readonly qemu?: string;
  /** Instead of the accelerator that kmx asks for. */
  readonly accelerator?: string;
  readonly bootParameters?: readonly string[];
  readonly guest?: Partial<Pick<VmSpec, 'cpus' | 'memoryMib'>>;
}

export const VARIANTS: readonly Variant[] = [
  { name: 'firmware qboot', qemu: '-bios qboot.rom' },
  { name: 'machine q35', qemu: '-machine q35' },
  {
    name: 'machine q35, no vmport, SMBus, i8042',
    qemu: '-machine q35,vmport=off,smbus=off,i8042=off',
  },
  { name: 'no HPET', qemu: '-machine hpet=off' },
  { name: 'no vmport, SMBus, i8042', qemu: '-machine vmport=off,smbus=off,i8042=off' },
  { name: 'CPU max', qemu: '-cpu max' },
  { name: 'CPU qemu64,+rdrand', qemu: '-cpu qemu64,+rdrand' },
  { name: 'translated code in 32 MiB', accelerator: 'tcg,thread=single,tb-size=32' },
  { name: '2 vectors for the ports', qemu: '-global virtio-serial-pci.vectors=2' },
  {
    name: 'ports of legacy virtio',
    qemu: '-global virtio-serial-pci.disable-modern=on -global virtio-serial-pci.disable-legacy=off',
  },
  { name: '1 CPU', guest: { cpus: 1 } },
  { name: '128 MiB', guest: { memoryMib: 128 } },
  { name: '512 MiB', guest: { memoryMib: 512 } },
  { name: 'rcupdate.rcu_expedited=1', bootParameters: ['rcupdate.rcu_expedited=1'] },
  { name: 'init_on_alloc=0', bootParameters: ['init_on_alloc=0'] },
  { name: 'mitigations=off', bootParameters: ['mitigations=off'] },
  { name: 'without jitterentropy', bootParameters: ['initcall_blacklist=jent_mod_init'] },
  { name: '8250.nr_uarts=1', bootParameters: ['8250.nr_uarts=1'] },
  { name: 'tsc=reliable', bootParameters: ['tsc=reliable'] },
  { name: 'loglevel=4', bootParameters: ['loglevel=4'] },
];
