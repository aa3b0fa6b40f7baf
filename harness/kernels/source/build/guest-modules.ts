import { type KernelConfig, stateOf } from '../../../kconfig/kernel-config.ts';

/** What a guest may need as a module (drivers/virtio/Makefile, drivers/char/Makefile), by symbol. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  VIRTIO: ['drivers/virtio/virtio.ko', 'drivers/virtio/virtio_ring.ko'],
  VIRTIO_PCI_LIB: ['drivers/virtio/virtio_pci_modern_dev.ko'],
  VIRTIO_PCI_LIB_LEGACY: ['drivers/virtio/virtio_pci_legacy_dev.ko'],
  VIRTIO_PCI: ['drivers/virtio/virtio_pci.ko'],
  VIRTIO_CONSOLE: ['drivers/char/virtio_console.ko'],
};

/**
 * The modules that a guest loads, as paths below the objects; none if the kernel has everything built in.
 * Only these are built: a distribution's configuration has thousands.
 */
export function guestModules(config: KernelConfig): string[] {
  return Object.entries(MODULES).flatMap(([symbol, paths]) => {
    const state = stateOf(config, symbol);
    return state.kind === 'value' && state.value === 'm' ? paths : [];
  });
}
