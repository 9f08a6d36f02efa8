/** A 32-bit program of one system call, byte by byte: no compiler is at hand where it runs. */

interface Call32 {
  number: number;
  /** At most three; `data` is the address of the data. */
  args: (number | 'data')[];
  data?: number[];
}

const base = 0x08048000;
const headers = 52 + 32;

/** In base64. It exits with 0, or with the error's number. */
export function elf32({ number, args, data = [] }: Call32): string {
  const length = code(number, args, 0).length;
  const body = Buffer.concat([code(number, args, base + headers + length), words(...data)]);
  return Buffer.concat([header(), programHeader(headers + body.length), body]).toString('base64');
}

/** mov eax/ebx/ecx/edx, …; int 0x80; ebx = eax < 0 ? -eax : 0; exit(ebx) */
function code(number: number, args: Call32['args'], dataAt: number): Buffer {
  const moves = [0xbb, 0xb9, 0xba].flatMap((register, index) => {
    const value = args[index];
    return value === undefined ? [] : [move(register, value === 'data' ? dataAt : value)];
  });
  const end = [0x31, 0xdb, 0x85, 0xc0, 0x79, 0x04, 0x89, 0xc3, 0xf7, 0xdb];
  return Buffer.concat([
    move(0xb8, number),
    ...moves,
    Buffer.from([0xcd, 0x80, ...end]),
    move(0xb8, 1),
    Buffer.from([0xcd, 0x80]),
  ]);
}

function move(register: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([register]), words(value)]);
}

function header(): Buffer {
  const identity = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([
    identity,
    halves(2, 3),
    words(1, base + headers, 52, 0, 0),
    halves(52, 32, 1, 0, 0, 0),
  ]);
}

function programHeader(size: number): Buffer {
  return words(1, 0, base, base, size, size, 7, 4096);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeInt32LE(value | 0, 4 * index));
  return bytes;
}

function halves(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => bytes.writeUInt16LE(value, 2 * index));
  return bytes;
}
