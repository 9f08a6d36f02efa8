#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "name the audit architecture of this machine"
#endif

/* x32 calls share the architecture and have this bit set. */
#define X32_BIT 0x40000000u

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)
#define FORBID(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), ANSWER(SECCOMP_RET_ERRNO | EPERM)

int forbid_dangerous_calls(void) {
  /* With CAP_DAC_READ_SEARCH, open_by_handle_at opens any file of a mounted file system, whatever the root. */
  struct sock_filter program[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
      ANSWER(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
      ANSWER(SECCOMP_RET_KILL_PROCESS),
      FORBID(open_by_handle_at), FORBID(ptrace), FORBID(process_vm_readv), FORBID(process_vm_writev),
      FORBID(pidfd_getfd), FORBID(kcmp), FORBID(mount), FORBID(umount2), FORBID(pivot_root), FORBID(chroot),
      FORBID(open_tree), FORBID(move_mount), FORBID(fsopen), FORBID(fsmount), FORBID(fspick), FORBID(mount_setattr),
      FORBID(setns), FORBID(unshare), FORBID(bpf), FORBID(perf_event_open), FORBID(userfaultfd), FORBID(io_uring_setup),
      FORBID(io_uring_enter), FORBID(io_uring_register), FORBID(add_key), FORBID(keyctl), FORBID(request_key),
      FORBID(init_module), FORBID(finit_module), FORBID(delete_module), FORBID(kexec_load), FORBID(reboot),
      FORBID(swapon), FORBID(swapoff), FORBID(acct), FORBID(quotactl),
      ANSWER(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}
