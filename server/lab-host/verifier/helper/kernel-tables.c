/* `ports` and `sysctl`: what the kernel says of the network namespace this process is in. */
#include "questions.h"

#include "network.h"
#include "privileges.h"

#include <arpa/inet.h>

#define TCP_LISTEN 0x0a
#define UDP_UNCONNECTED 0x07
#define MAX_PORTS 1000
#define MAX_SETTING 4096

static void put_table(const char *name, const char *protocol, unsigned state, int *count);
static void put_address(const char *hex);

void answer_ports(const struct request *r) {
  enter_asked_network(r);
  keep_only(0);
  int count = 0;
  put_text("{\"ports\":[");
  put_table("tcp", "tcp", TCP_LISTEN, &count);
  put_table("tcp6", "tcp", TCP_LISTEN, &count);
  put_table("udp", "udp", UDP_UNCONNECTED, &count);
  put_table("udp6", "udp", UDP_UNCONNECTED, &count);
  put_text("]}");
  finish();
}

static void put_table(const char *name, const char *protocol, unsigned state, int *count) {
  char path[64], line[512], address[40];
  snprintf(path, sizeof path, "/proc/thread-self/net/%s", name);
  FILE *table = fopen(path, "re");
  if (!table) return;
  unsigned port, is;
  while (fgets(line, sizeof line, table)) {
    if (sscanf(line, " %*d: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x", address, &port, &is) != 3 || is != state) continue;
    if (*count == MAX_PORTS) fail(TOO_LARGE, "more than 1000 listening sockets");
    put_format("%s{\"protocol\":\"%s\",\"port\":%u,\"address\":\"", (*count)++ ? "," : "", protocol, port);
    put_address(address);
    put_text("\"}");
  }
  fclose(table);
}

/* The kernel prints an address as words of its own byte order. */
static void put_address(const char *hex) {
  uint32_t words[4] = {0};
  int size = strlen(hex) / 8;
  for (int i = 0; i < size && i < 4; i++) {
    char word[9] = {0};
    memcpy(word, hex + 8 * i, 8);
    words[i] = strtoul(word, NULL, 16);
  }
  char text[INET6_ADDRSTRLEN];
  put_text(inet_ntop(size == 1 ? AF_INET : AF_INET6, words, text, sizeof text) ?: "?");
}

void answer_sysctl(const struct request *r) {
  enter_asked_network(r);
  keep_only(0);
  char path[512];
  int size = snprintf(path, sizeof path, "/proc/sys/%s", need(r, "name"));
  if (size >= (int)sizeof path || strchr(need(r, "name"), '/')) fail(ABSENT, "no such setting");
  for (char *at = path + strlen("/proc/sys/"); *at; at++)
    if (*at == '.') *at = '/';
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_errno("setting");
  char text[MAX_SETTING];
  ssize_t n = read(fd, text, sizeof text);
  if (n < 0) fail_errno("setting");
  put(text, n);
  finish();
}
