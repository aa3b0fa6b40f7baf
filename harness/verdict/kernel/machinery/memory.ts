/** What gives memory, takes it back and copies it, for everybody. */
import type { MachineryGroup } from './group.ts';

export const MEMORY: readonly MachineryGroup[] = [
  {
    why: 'mm/slub.c, slab.c, slab_common.c, util.c: objects for everybody',
    kind: 'helper',
    names: `kmalloc* kzalloc* kcalloc* krealloc* kvmalloc* kvzalloc* kvcalloc* kvrealloc* kvfree*
      kfree kfree_const kfree_sensitive kfree_bulk kfree_rcu* kfree_call_rcu* kvfree_* kzfree
      kmem_cache_* kmem_freepages kmem_getpages kmem_rcu_free kmem_* kmemdup* kmemdup_nul kstrdup*
      kstrndup kvmemdup* memdup_* strndup_user vmemdup_user do_kmalloc* do_krealloc ksize
      slab_alloc* slab_free* slab_destroy* slab_post_alloc_hook slab_pre_alloc_hook
      slab_want_init_* slab_ksize slob_* new_slab new_slab_* allocate_slab alloc_slab_page
      discard_slab do_slab_free free_slab rcu_free_slab free_to_partial_list free_debug_processing
      alloc_debug_processing free_consistency_checks alloc_consistency_checks alloc_single_from_*
      check_object check_bytes* check_slab check_pad* on_freelist init_object restore_bytes
      deactivate_slab unfreeze_partials* put_cpu_partial get_partial* flush_cpu_slab* get_freelist
      get_freepointer* freelist_ptr* fixup_red_left cache_alloc cache_alloc_refill cache_free
      cache_free_alien cache_grow* cache_flusharray cache_reap cache_init_objs free_block
      fallback_alloc do_cache_alloc do_drain slab_cpuset_* slab_out_* memcg_slab_* memcg_alloc_*
      mempool_* dmam_alloc* refill_objects alloc_from_pcs free_to_pcs prefetch_freepointer
      slab_unlock shutdown_cache cache_from_obj virt_to_cache free_large_kmalloc free_kmem_pages
      dma_pool_* gen_pool_*`,
  },
  {
    why: 'mm/page_alloc.c, mempolicy.c, vmalloc.c, percpu.c: pages for everybody',
    kind: 'helper',
    names: `alloc_pages alloc_pages_* alloc_page alloc_page_vma alloc_frozen_pages* alloc_contig_*
      alloc_pages_slowpath alloc_zeroed_* folio_alloc* vma_alloc_folio* get_free_pages
      get_free_page get_zeroed_page free_pages free_pages_* free_page free_hot_cold_page*
      free_unref_* free_the_page free_frozen_pages free_pcp* free_one_page free_pcppages_bulk
      rmqueue* get_page_from_freelist prep_new_page prep_compound_page post_alloc_hook
      split_map_pages buffered_rmqueue page_frag_* page_alloc_* vmalloc* vzalloc* vfree* vmap
      vmap_pfn vmap_page_range* vmap_pages_range* vmap_small_pages_range* vmap_range* vunmap
      vunmap_range* vunmap_page_range vmalloc_node* remove_vm_area find_vm_area alloc_vmap_area
      get_vm_area* purge_vmap_area_lazy purge_vmap_area_* free_vmap_area* free_unmap_vmap_area
      try_purge_vmap_* alloc_percpu* pcpu_* percpu_alloc percpu_free free_percpu dma_alloc_*
      dma_direct_alloc* dma_free_* devm_k* devm_kmalloc* devres_* release_nodes put_page
      put_pages_list get_page folio_put folio_put_refs folio_get page_ref_* page_cache_release
      put_page_testzero try_grab_* compound_head virt_to_* phys_addr* virt_addr_valid clear_page
      clear_page_erms clear_page_rep clear_page_orig clear_pages clear_highpage* copy_page
      copy_page_regs copy_page_rep copy_highpage clear_huge_page kmap* kunmap* page_address`,
  },
  {
    why: 'arch/*/lib, lib/iov_iter.c, mm/maccess.c: to and from a program’s memory',
    kind: 'helper',
    names: `copy_from_user copy_from_user_inatomic* copy_from_user_nmi* copy_from_user_nocache
      copy_from_user_std copy_from_user_flushcache copy_to_user copy_to_user_inatomic
      copy_to_user_nofault copy_to_user_std copy_to_user_memcpy copy_to_user_mvcos copy_in_user
      copy_user_* copy_user copy_tofrom_user* raw_copy_* arch_copy_* asm_copy_* arm_copy_*
      copy_mc_* copy_struct_from_user rep_movs_alternative rep_stos_alternative clear_user
      clear_user_* arch_clear_user arm_clear_user fallback_scalar_usercopy strncpy_from_user*
      strnlen_user* strlen_user get_user get_user_1 get_user_2 get_user_4 get_user_8
      get_user_nocheck_* get_user_bad put_user put_user_1 put_user_2 put_user_4 put_user_8
      put_user_nocheck_* put_user_bad copyin copyout copyin_* copyout_* simple_copy_to_iter
      copy_from_iter* copy_to_iter* copy_page_to_iter* copy_page_from_iter* copy_folio_from_iter*
      iov_iter_* import_iovec import_single_range hash_and_copy_to_iter csum_and_copy_*
      csum_partial* do_csum fault_in_readable fault_in_writeable fault_in_safe_writeable
      fault_in_pages_* probe_kernel_* probe_user_* copy_from_kernel_nofault copy_to_kernel_nofault
      copy_from_user_nofault futex_atomic_cmpxchg_inatomic access_ok uaccess_*`,
  },
];
