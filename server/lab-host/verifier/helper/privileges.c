#include "probe.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "privileges.h"
#include "seccomp.h"

/* Above every range that systemd and useradd hand out; process ids are below 2^22. */
#define FIRST_UID 0x7e000000u
#define NOBODY 65534u

static void keep(uint64_t capabilities, bool for_tool);
static bool become(uid_t uid);
static void must(int result);

void keep_only(uint64_t capabilities) { keep(capabilities, false); }
void keep_for_tool(uint64_t capabilities) { keep(capabilities, true); }

static void keep(uint64_t capabilities, bool for_tool) {
  must(prctl(PR_SET_KEEPCAPS, 1));
  for (int c = 0; c <= 63; c++)
    if (!(capabilities >> c & 1)) prctl(PR_CAPBSET_DROP, c);
  must(setgroups(0, NULL));
  /* A lab host in a user namespace of its own may not have the high ids. */
  if (!become(FIRST_UID + getpid())) must(become(NOBODY) ? 0 : -1);

  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[2];
  for (int i = 0; i < 2; i++) {
    uint32_t half = capabilities >> (32 * i);
    sets[i] = (struct __user_cap_data_struct){.effective = half, .permitted = half, .inheritable = for_tool ? half : 0};
  }
  must(syscall(SYS_capset, &header, sets));
  for (int c = 0; for_tool && c <= 63; c++)
    if (capabilities >> c & 1) must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c, 0, 0));
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  must(prctl(PR_SET_DUMPABLE, 0));
  must(forbid_dangerous_calls());
}

static bool become(uid_t uid) { return setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0; }

static void must(int result) {
  if (result != 0) fail_errno("could not drop privileges");
}
