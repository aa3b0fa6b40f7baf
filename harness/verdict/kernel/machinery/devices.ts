/** Layers between those who have objects and those who use them. */
import type { MachineryGroup } from './group.ts';

export const DEVICES: readonly MachineryGroup[] = [
  {
    why: 'drivers/base, fs/sysfs, fs/proc/generic.c: a name that is taken or gone is its user’s fault',
    kind: 'helper',
    names: `device_add device_del device_register device_unregister device_create* device_destroy
      device_initialize device_rename device_attach device_attach_* device_for_each_child
      device_initial_probe device_release_driver* device_driver_attach device_private_init
      device_add_groups device_add_attrs device_add_of_node device_add_class_symlinks
      device_add_software_node device_remove_* root_device_* dev_set_name cdev_device_add
      cdev_device_del bus_add_device bus_add_driver bus_for_each_* bus_probe_device bus_remove_*
      driver_attach driver_probe_device driver_register driver_unregister driver_sysfs_*
      driver_create_file driver_add_groups really_probe call_driver_probe platform_probe
      platform_drv_probe platform_driver_register* platform_device_register* platform_device_add
      class_* sysfs_create_* sysfs_add_* sysfs_remove_* sysfs_do_create_* sysfs_delete_link
      sysfs_update_group sysfs_rename_* internal_create_group* create_files remove_files
      kernfs_add_one kernfs_create_* kernfs_remove* kernfs_find_* kernfs_put kernfs_get
      kernfs_drain* add_uevent_var proc_register proc_create* proc_mkdir* proc_symlink
      remove_proc_* proc_remove debugfs_create_* debugfs_remove* start_creating do_init_module
      load_module init_module_from_file bdi_register* cleanup_glue_dir`,
  },
  {
    why: 'net/core/skbuff.c, sock.c: buffers and sockets whose last user lets go',
    kind: 'helper',
    names: `skb_put skb_push skb_pull skb_put_data skb_put_zero pskb_put kfree_skb kfree_skb_*
      kfree_skbmem kfree_skb_list* consume_skb napi_consume_skb sk_skb_reason_drop skb_release_data
      skb_release_all skb_release_head_state skb_free_head skb_unref skb_queue_purge*
      skb_rbtree_purge skb_dequeue skb_dequeue_tail skb_queue_tail skb_queue_head skb_unlink
      skb_kfree_head dev_kfree_skb* skb_attempt_defer_free skb_orphan skb_dump skb_trim sock_put
      sock_hold sk_free sk_destruct sk_free_unlock_clone sk_prot_free sk_refcnt_* sock_gen_put
      dev_hold dev_put netdev_hold netdev_put get_net put_net dst_hold`,
  },
  {
    why: 'drivers/usb/core: checks what a driver wants and waits for it',
    kind: 'helper',
    names: `usb_submit_urb usb_control_msg* usb_bulk_msg usb_interrupt_msg usb_internal_control_msg
      usb_hcd_submit_urb usb_hcd_map_urb_for_dma usb_hcd_link_urb_to_ep`,
  },
  {
    why: 'kernel/exit.c, fs: what is left when a task ends',
    kind: 'helper',
    names: 'do_exit fput_* flush_delayed_fput delayed_fput',
  },
];
