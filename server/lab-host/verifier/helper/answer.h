/*
 * How a worker answers. Bytes go to standard output, which is the agent's connection; a failure goes to `report_fd`
 * as one letter and some words. The supervisor alone writes the end of an answer: words, then `L SSS DDDD` without
 * the blanks: letter, exit status, length of the words. A stream begins with one letter instead.
 */
#pragma once
#include <stddef.h>

#define MAX_ANSWER (4 * 1024 * 1024)
#define MAX_WORDS 400

enum letter {
  ANSWERED = 'k',
  ABSENT = 'a',
  REFUSED = 'r',
  TIMEOUT = 't',
  TOO_LARGE = 'l',
  UNAVAILABLE = 'u',
  FORBIDDEN = 'f',
  /* A time out, and the worker could not be ended: a file system of the lab holds it in the kernel. */
  STUCK = 's',
};

extern int report_fd;

_Noreturn void fail(enum letter why, const char *words);
/* Chooses the letter by errno. */
_Noreturn void fail_errno(const char *what);

void put(const void *bytes, size_t size);
void put_text(const char *text);
__attribute__((format(printf, 1, 2))) void put_format(const char *format, ...);
/* A JSON string of any bytes; what is not UTF-8 becomes U+FFFD. */
void put_json(const char *bytes, size_t size);
void flush(void);
_Noreturn void finish(void);
/* Writes all of it, waiting where it must; ends the process if nobody reads. */
void write_all(int fd, const void *bytes, size_t size);
