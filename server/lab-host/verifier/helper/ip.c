/* `ip` and `rules`: what iproute2, iptables and nftables say of the network. */
#include "questions.h"

#include "network.h"
#include "privileges.h"
#include "tool.h"

#define FILTER_CAPABILITIES (CAP(NET_ADMIN) | CAP(NET_RAW))
#define MAX_LEGACY_TABLES 256

static struct tool tool_of(const char *const *words);
static bool is_one_of(const char *word, const char *const *words);
static _Noreturn void answer_nft(const struct request *r);
static void read_legacy_tables(const char *list, char tables[MAX_LEGACY_TABLES]);
static void save_legacy(const char *program, char *tables);

void answer_ip(const struct request *r) {
  static const char *const objects[] = {"address", "link", "route", "rule", "neighbour", NULL};
  const char *object = need(r, "object");
  if (!is_one_of(object, objects)) fail(UNAVAILABLE, "object");
  enter_asked_network(r);
  struct tool ip = tool_of((const char *[]){"/usr/sbin/ip", "-json", "-details", object, "show", NULL});
  become_tool(r, 0);
  execute(&ip);
}

static struct tool tool_of(const char *const *words) {
  struct tool tool = {0};
  for (; *words; words++) add(&tool, *words);
  return tool;
}

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words; words++)
    if (strcmp(word, *words) == 0) return true;
  return false;
}

/*
 * Rules of both kinds: nftables' and, where the lab has made any, those of the legacy tables. Reading a legacy table
 * that is not there would make it, so only those that the kernel names are asked for.
 */
void answer_rules(const struct request *r) {
  const char *table = arg(r, "table") ?: "iptables";
  if (strcmp(table, "nft") == 0) answer_nft(r);
  bool six = strcmp(table, "ip6tables") == 0;
  enter_asked_network(r);
  char tables[MAX_LEGACY_TABLES];
  read_legacy_tables(six ? "/proc/thread-self/net/ip6_tables_names" : "/proc/thread-self/net/ip_tables_names", tables);
  become_tool(r, FILTER_CAPABILITIES);
  const char *program = six ? "ip6tables-save" : "iptables-save";
  save_legacy(program, tables);
  struct tool save = tool_of((const char *[]){"/usr/sbin/xtables-nft-multi", program, NULL});
  execute(&save);
}

static _Noreturn void answer_nft(const struct request *r) {
  enter_asked_network(r);
  struct tool nft = tool_of((const char *[]){"/usr/sbin/nft", "-j", "list", "ruleset", NULL});
  become_tool(r, FILTER_CAPABILITIES);
  execute(&nft);
}

static void read_legacy_tables(const char *list, char tables[MAX_LEGACY_TABLES]) {
  int fd = open(list, O_RDONLY | O_CLOEXEC);
  ssize_t size = fd < 0 ? 0 : read(fd, tables, MAX_LEGACY_TABLES - 1);
  tables[size < 0 ? 0 : size] = '\0';
}

static void save_legacy(const char *program, char *tables) {
  for (char *name = strtok(tables, "\n"); name; name = strtok(NULL, "\n")) {
    struct tool save = tool_of((const char *[]){"/usr/sbin/xtables-legacy-multi", program, "-t", name, NULL});
    if (run(&save) != 0) fail(UNAVAILABLE, "the legacy tables could not be read");
  }
}
