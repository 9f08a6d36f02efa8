#include "probe.h"

static size_t utf8_length(const unsigned char *at, size_t left);

void put_json(const char *bytes, size_t size) {
  const unsigned char *at = (const unsigned char *)bytes;
  put_text("\"");
  for (size_t i = 0; i < size;) {
    size_t length = utf8_length(at + i, size - i);
    if (length == 0) put_text("\\ufffd");
    else if (at[i] == '"' || at[i] == '\\') put_format("\\%c", at[i]);
    else if (at[i] < 0x20 || at[i] == 0x7f) put_format("\\u%04x", at[i]);
    else put(at + i, length);
    i += length ? length : 1;
  }
  put_text("\"");
}

/* How many bytes the character at the start takes; 0 if it is not valid UTF-8. */
static size_t utf8_length(const unsigned char *at, size_t left) {
  if (at[0] < 0x80) return 1;
  size_t length = at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : at[0] >= 0xf0 && at[0] < 0xf5 ? 4 : 0;
  if (length == 0 || length > left) return 0;
  uint32_t code = at[0] & (0x7f >> length);
  for (size_t i = 1; i < length; i++) {
    if ((at[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (at[i] & 0x3f);
  }
  bool surrogate = code >= 0xd800 && code < 0xe000;
  bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  return surrogate || overlong || code > 0x10ffff ? 0 : length;
}
