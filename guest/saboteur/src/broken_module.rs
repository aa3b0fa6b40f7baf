//! Breaks the kernel from within. Stock kernels come without LKDTM, so this loads a module that the
//! guest has anyway, with the beginning of its init function replaced by a few bytes of machine
//! code (x86-64). The kernel itself is not changed, so what it reports is genuine.

use nix::kmod::init_module;
use object::elf::{FileHeader64, SHT_RELA, SHT_SYMTAB};
use object::read::elf::{FileHeader, SectionHeader, Sym};
use object::{LittleEndian, SectionIndex};
use std::io;
use std::ops::Range;

const MODULE: &str = "/kmx/modules/virtio_console.ko";
/// A module can only be loaded once, so this one gets another name, padded to the same length.
const NAME: (&[u8], &[u8]) = (b"virtio_console\0", b"kmx_saboteur\0\0\0");
/// `call __fentry__` is kept, since ftrace patches it while the module is loaded.
const CALL_BYTES: usize = 5;
/// include/asm-generic/bug.h: two relative pointers, a line and flags.
const BUG_ENTRY_FLAGS: usize = 10;
const BUGFLAG_WARNING: u8 = 1;
/// In the second byte of the flags: the taint that the warning leaves (BUGFLAG_TAINT).
const TAINT_WARN: u8 = 9;

/// include/linux/module_signature.h
const SIGNATURE_MARK: &[u8] = b"~Module signature appended~\n";
/// Elf64_Rela: offset, info (type, then symbol) and addend, of 8 bytes each.
const RELA_BYTES: usize = 24;
const RELA_INFO: usize = 8;
const RELA_SYMBOL: usize = 12;
const RELA_ADDEND: usize = 16;

const XOR_EAX_EAX: [u8; 2] = [0x31, 0xc0];
const UD2: [u8; 2] = [0x0f, 0x0b];
const RET: u8 = 0xc3;

/// Loads the module. Whether this returns depends on the deed.
pub fn load(deed: &str) -> io::Result<()> {
    let code: Vec<u8> = match deed {
        // A read through a null pointer.
        "oops" => [&XOR_EAX_EAX[..], &[0x48, 0x8b, 0x00, RET]].concat(),
        "warn" => [&UD2[..], &XOR_EAX_EAX, &[RET]].concat(),
        // A loop that never lets other tasks run.
        "spin" => vec![0xeb, 0xfe],
        // The same, with interrupts disabled.
        "spin-deaf" => vec![0xfa, 0xeb, 0xfe],
        // An empty interrupt table: the CPU resets the machine.
        "triple-fault" => [&[0x6a, 0, 0x6a, 0, 0x0f, 0x01, 0x1c, 0x24][..], &UD2].concat(),
        _ => return Err(io::Error::other("a module has no such deed")),
    };
    let image = std::fs::read(MODULE)?;
    let broken = replace_init(image, &code, deed == "warn")?;
    init_module(&broken, c"").map_err(io::Error::from)
}

/// The module with the code in place of its init function's beginning. The loader expects zeros
/// where it writes addresses, so relocations within the code are dropped.
fn replace_init(mut image: Vec<u8>, code: &[u8], is_warning: bool) -> io::Result<Vec<u8>> {
    let Places {
        init,
        this_module,
        bug_table,
        in_code,
        bug_address,
        init_symbol,
    } = find_places(&image, CALL_BYTES..CALL_BYTES + code.len())?;
    image[init + CALL_BYTES..][..code.len()].copy_from_slice(code);
    for relocation in in_code {
        image[relocation + RELA_INFO..][..8].fill(0);
    }
    rename(&mut image[this_module]);
    // Its signature is no longer valid; without one, stock kernels accept it (and are tainted).
    if image.ends_with(SIGNATURE_MARK) {
        image.truncate(image.len() - SIGNATURE_MARK.len());
    }
    if is_warning {
        // Turns the first entry of the bug table into a warning at the code's own address.
        image[bug_table + BUG_ENTRY_FLAGS] = BUGFLAG_WARNING;
        image[bug_table + BUG_ENTRY_FLAGS + 1] = TAINT_WARN;
        image[bug_address + RELA_SYMBOL..][..4].copy_from_slice(&init_symbol.to_le_bytes());
        image[bug_address + RELA_ADDEND..][..8].copy_from_slice(&CALL_BYTES.to_le_bytes());
    }
    Ok(image)
}

fn rename(this_module: &mut [u8]) {
    let (old, new) = NAME;
    let found = this_module.windows(old.len()).position(|part| part == old);
    if let Some(at) = found {
        this_module[at..at + new.len()].copy_from_slice(new);
    }
}

/// Offsets in the module's file.
struct Places {
    init: usize,
    this_module: Range<usize>,
    bug_table: usize,
    /// Relocations that would write into the code.
    in_code: Vec<usize>,
    /// The relocation of the first bug's address.
    bug_address: usize,
    /// Number of the symbol of the init function.
    init_symbol: u32,
}

fn find_places(image: &[u8], code: Range<usize>) -> io::Result<Places> {
    let endian = LittleEndian;
    let header = FileHeader64::<LittleEndian>::parse(image).map_err(io::Error::other)?;
    let sections = header.sections(endian, image).map_err(io::Error::other)?;
    let symbols = sections
        .symbols(endian, image, SHT_SYMTAB)
        .map_err(io::Error::other)?;
    let find = |name: &[u8]| {
        let (index, section) = sections
            .section_by_name(endian, name)
            .ok_or(io::Error::other("the module lacks a section"))?;
        let begin = section.sh_offset(endian) as usize;
        io::Result::Ok((index, begin..begin + section.sh_size(endian) as usize))
    };
    let relocations = |target: SectionIndex| {
        let of_target = sections.iter().filter(move |section| {
            section.sh_type(endian) == SHT_RELA && section.sh_info(endian) as usize == target.0
        });
        of_target.flat_map(move |section| {
            let begin = section.sh_offset(endian) as usize;
            let count = section.sh_size(endian) as usize / RELA_BYTES;
            (0..count).map(move |index| begin + index * RELA_BYTES)
        })
    };
    let writes_to = |relocation: usize| number_at(image, relocation);
    let (init_index, init) = find(b".init.text")?;
    let (bugs_index, bugs) = find(b"__bug_table")?;
    let (_, this_module) = find(b".gnu.linkonce.this_module")?;
    let (init_symbol, _) = symbols
        .enumerate()
        .find(|(_, symbol)| symbol.name(endian, symbols.strings()) == Ok(b"init_module"))
        .ok_or(io::Error::other("the module lacks init_module"))?;
    let bug_address = relocations(bugs_index)
        .find(|&relocation| writes_to(relocation) == 0)
        .ok_or(io::Error::other("the module has no entry in its bug table"))?;
    Ok(Places {
        init: init.start,
        this_module,
        bug_table: bugs.start,
        in_code: relocations(init_index)
            .filter(|&relocation| code.contains(&writes_to(relocation)))
            .collect(),
        bug_address,
        init_symbol: init_symbol.0 as u32,
    })
}

fn number_at(image: &[u8], offset: usize) -> usize {
    let bytes = image
        .get(offset..offset + 8)
        .and_then(|part| part.try_into().ok());
    bytes.map_or(usize::MAX, usize::from_le_bytes)
}
