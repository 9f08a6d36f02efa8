/* One function per kind of question; each answers and ends the process. */
#pragma once
#include "probe.h"

_Noreturn void answer_file(const struct request *r);
_Noreturn void answer_list(const struct request *r);
_Noreturn void answer_docker(const struct request *r);
_Noreturn void answer_events(const struct request *r);
_Noreturn void answer_processes(const struct request *r);
_Noreturn void answer_cgroup(const struct request *r);
_Noreturn void answer_http(const struct request *r);
_Noreturn void answer_dns(const struct request *r);
_Noreturn void answer_tcp(const struct request *r);
_Noreturn void answer_connect(const struct request *r);
_Noreturn void answer_ip(const struct request *r);
_Noreturn void answer_rules(const struct request *r);
_Noreturn void answer_ports(const struct request *r);
_Noreturn void answer_sysctl(const struct request *r);
