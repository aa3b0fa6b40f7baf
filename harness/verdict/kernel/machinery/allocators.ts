/** Functions that make objects of one kind for whoever wants one. */
import type { MachineryGroup } from './group.ts';

export const ALLOCATORS: readonly MachineryGroup[] = [
  {
    why: 'net/core: buffers, sockets, devices and messages',
    kind: 'allocator',
    names: `alloc_skb alloc_skb_* netdev_alloc_skb* napi_alloc_skb* dev_alloc_skb build_skb*
      napi_build_skb slab_build_skb napi_skb_cache_get skb_clone skb_copy skb_copy_expand
      pskb_copy* skb_realloc_headroom pskb_expand_head skb_ext_* skb_segment sock_alloc_send_skb
      sock_alloc_send_pskb sock_wmalloc sock_omalloc sock_rmalloc sock_kmalloc sock_alloc
      sock_alloc_inode sock_alloc_file sk_alloc sk_prot_alloc sk_clone_lock sk_stream_alloc_skb
      nlmsg_new genlmsg_new netlink_alloc_* alloc_netdev_mqs* alloc_netdev* alloc_etherdev_mqs
      dst_alloc neigh_alloc sk_filter_alloc sock_create* sock_create_lite bt_skb_alloc
      bt_sock_alloc nci_skb_alloc nfc_alloc_recv_skb nfc_alloc_send_skb`,
  },
  {
    why: 'fs, block: inodes, names, files, requests',
    kind: 'allocator',
    names: `alloc_inode new_inode new_inode_pseudo alloc_inode_sb inode_init_always* iget_locked
      iget5_locked d_alloc d_alloc_* getname getname_* alloc_file alloc_file_* alloc_empty_file*
      alloc_super alloc_vfsmnt alloc_fs_context fs_context_for_* kernfs_new_node kernfs_iattrs*
      simple_xattr_alloc alloc_buffer_head alloc_page_buffers bio_alloc* bio_kmalloc bio_clone*
      bvec_alloc blk_alloc_queue* blk_mq_alloc_* alloc_disk* alloc_bdev bdev_alloc bdev_alloc_inode
      seq_open single_open seq_buf_alloc seq_open_private radix_tree_node_alloc`,
  },
  {
    why: 'kernel, drivers, lib: workqueues, credentials, maps, devices',
    kind: 'allocator',
    names: `prepare_creds prepare_kernel_cred cred_alloc_blank security_* key_alloc alloc_pid
      mm_alloc vm_area_alloc vm_area_dup alloc_task_struct* dup_task_struct bpf_map_area_alloc*
      bpf_map_kmalloc* bpf_map_kzalloc bpf_prog_alloc* bpf_prog_create* bpf_map_alloc_percpu
      bpf_ringbuf_area_alloc perf_event_alloc event_create_dir usb_alloc_urb usb_alloc_coherent
      hcd_buffer_alloc sg_alloc_* crypto_create_tfm* crypto_alloc_tfm* crypto_alloc_*
      crypto_spawn_tfm* ib_alloc_* rvt_alloc_* input_allocate_device video_device_alloc
      scsi_alloc_* snd_dma_alloc_* vmemmap_* drm_gem_shmem_create assoc_array_insert nla_strdup
      nla_memdup rhashtable_init* bucket_table_alloc* platform_device_alloc`,
  },
];
