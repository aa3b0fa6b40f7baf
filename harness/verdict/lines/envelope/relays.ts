/**
 * Programs that run guests and may write a guest's console to their own log, by a part of their names: alternatives
 * of a regular expression. Kata's programs are others, whose names begin with `KATA`.
 */
export const RELAYS =
  'qemu|kvmtool|crosvm|firecracker|cloud-hypervisor|dragonball|libvirt|virtqemud|virtlogd|virt-launcher|containerd-shim';

/** kata-agent runs in the guest. */
export const KATA = 'kata(?!-agent)';
