/** lib/ and the inline functions of include/: what everybody calls on data of their own. */
import type { MachineryGroup } from './group.ts';

export const LIBRARY: readonly MachineryGroup[] = [
  {
    why: 'lib/string.c, vsprintf.c, kstrtox.c, hexdump.c, arch/*/lib: bytes and text',
    kind: 'helper',
    names: `bcmp bzero memcpy memcpy_erms memcpy_orig memcpy_and_pad memcpy_toio memcpy_fromio
      memcpy_flushcache memcpy_mcsafe* memcpy_power7 memmove memmove_erms memset memset_erms
      memset_orig memset_io memset16 memset32 memset64 memset_p memcmp* memchr* memscan
      memzero_explicit memcat_p rmemcpy mmiocpy mmioset movsl_is_ok strlen* strnlen* strcpy*
      strncpy* strlcpy* strscpy* sized_strscpy strcat strncat strlcat strcmp* strncmp* strcasecmp*
      strncasecmp* strchr* strrchr strnchr* strchrnul strstr strnstr strsep strpbrk strspn strcspn
      strim strstrip skip_spaces strreplace str_has_prefix strsz sysfs_streq match_string
      match_token match_int match_strdup sprintf snprintf scnprintf vsprintf vsnprintf vscnprintf
      sscanf vsscanf kvasprintf* kasprintf* string string_nocheck string_escape_* string_get_size
      pointer number format_decode special_hex_number put_dec* hex_string ip6_addr_string*
      ip4_addr_string* mac_address_string dentry_name va_format widen_string simple_strto* kstrto*
      parse_integer* get_option get_options bin2hex hex2bin hex_to_bin seq_printf seq_vprintf
      seq_puts seq_putc seq_write seq_put_* seq_escape* seq_hex_dump trace_seq_* sysfs_emit*
      scr_memcpyw scr_memmovew scr_memsetw scr_readw scr_writew read_word_at_a_time
      load_unaligned_zeropad get_unaligned* put_unaligned* unaligned_* crc16 crc32 crc32_* crc32c
      crc32c_* crc_t10dif* crc_ccitt* sort sort_r bsearch swap_words_* do_swap generic_swap
      list_sort hweight* sw_hweight* uuid_* jhash* xxh32* xxh64* siphash* half_md4_transform`,
  },
  {
    why: 'lib/list_debug.c, include/linux/{list,hlist,llist,plist,rculist}.h, lib/klist.c: lists',
    kind: 'helper',
    names: `list_add list_add_tail list_add_rcu list_add_tail_rcu list_add_valid* list_del
      list_del_entry list_del_entry_valid* list_del_init list_del_init_careful list_del_rcu
      list_del_clearprev list_move list_move_tail list_replace list_replace_* list_splice*
      list_empty list_empty_careful list_is_* list_first_* list_swap list_cut_* list_rotate_*
      list_bulk_move_tail list_bl_* list_nulls_* list_entry_is_head hlist_* llist_* klist_*
      plist_add plist_del plist_check_* plist_requeue INIT_LIST_HEAD next_entry`,
  },
  {
    why: 'lib/{rbtree,radix-tree,xarray,idr,bitmap,find_bit,timerqueue}.c: trees, numbers, bits',
    kind: 'helper',
    names: `rb_insert_* rb_erase* rb_next rb_next_postorder rb_prev rb_first* rb_last*
      rb_replace_node* rb_link_node* rb_add* rb_find* rb_rotate_* rb_parent radix_tree_* xa_* xas_*
      idr_* ida_* interval_tree_* timerqueue_* bitmap_set* bitmap_clear* bitmap_weight*
      bitmap_find_* bitmap_parse* bitmap_alloc* bitmap_zalloc* bitmap_free bitmap_subset
      bitmap_equal bitmap_and* bitmap_or bitmap_xor bitmap_intersects bitmap_copy* bitmap_from_*
      bitmap_to_* bitmap_print_* bitmap_list_* bitmap_empty bitmap_full bitmap_zero bitmap_fill
      bitmap_complement find_bit find_get_bit cpumask_* nodemask_* ffs fls fls64 ffz bit_find
      percpu_counter_* sg_next sg_init_table sg_init_one sg_alloc_table* sg_free_table* sg_copy_*
      sg_pcopy_* sg_miter_* sg_last sg_set_* sg_kmalloc`,
  },
  {
    why: 'lib/{refcount,lockref,percpu-refcount,kobject}.c, include/linux/kref.h: who still uses it',
    kind: 'helper',
    names: `refcount_* kref_* lockref_* percpu_ref_* rcuref_* kobject_* kobj_* kset_* get_device
      put_device klist_put ref_tracker_* netdev_tracker_* device_release instrument_* read_once_*
      write_once_* data_race_* cmpxchg* xchg* xchg_* arch_cmpxchg* arch_xchg* try_cmpxchg*
      this_cpu_* static_key_* jump_label_* arch_jump_label_* static_call_* arch_static_call_*
      text_poke* smp_text_poke_* arch_static_branch* current_thread_info get_current in_task
      is_kernel test_ti_thread_flag`,
  },
  {
    why: 'kernel/notifier.c, kernel/smp.c, kernel/stop_machine.c, arch/*/mm/tlb.c: tells all of them',
    kind: 'helper',
    names: `notifier_call_chain notifier_chain_* atomic_notifier_* blocking_notifier_*
      raw_notifier_* srcu_notifier_* call_netdevice_notifiers* smp_call_function* smp_call_on_cpu
      smp_call_* on_each_cpu* generic_exec_single generic_smp_call_function_*
      flush_smp_call_function_queue flush_smp_call_function_from_idle csd_* csd_lock_wait
      kick_all_cpus_sync stop_machine* stop_one_cpu* stop_two_cpus stop_cpus cpu_stop_*
      cpu_stopper_thread multi_cpu_stop queue_stop_* irq_work_* flush_tlb_* native_flush_tlb*
      arch_tlbbatch_flush hyperv_flush_tlb* kvm_flush_tlb* arch_send_call_function_*
      send_call_function_* native_smp_send_* native_send_call_func_* native_smp_call_*
      x2apic_send_IPI* x2apic_send_* native_apic_* native_x2apic_* apic_send_IPI* default_send_IPI*
      default_apic_* work_on_cpu* native_write_msr* native_read_msr*`,
  },
];
