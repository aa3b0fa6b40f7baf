//! The loopback interface: agents and workloads take `127.0.0.1` for granted.

use nix::errno::Errno;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

/// Brings `lo` up; the kernel gives it its addresses.
pub fn bring_loopback_up() -> std::io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    // SAFETY: ifreq is plain data, for which zeros are a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (place, byte) in request.ifr_name.iter_mut().zip(b"lo") {
        *place = *byte as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: netdevice(7): SIOCSIFFLAGS reads an ifreq, which outlives the call.
    let outcome = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &request) };
    Errno::result(outcome)?;
    Ok(())
}
