/** A container's log as the engine sends it: frames of either stream, or plain bytes where the container has a terminal. */
const headerBytes = 8;

export function unframeLog(body: Buffer, contentType: string | undefined): string {
  const framed =
    contentType === undefined ? looksFramed(body) : !contentType.includes('raw-stream');
  return framed ? joinFrames(body) : body.toString('utf8');
}

function looksFramed(body: Buffer): boolean {
  return body.length >= headerBytes && (body[0] ?? 3) <= 2 && body.readUIntBE(1, 3) === 0;
}

function joinFrames(body: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + headerBytes <= body.length;) {
    const start = at + headerBytes;
    // A frame that was cut ends where the bytes do.
    const end = Math.min(start + body.readUInt32BE(at + 4), body.length);
    parts.push(body.subarray(start, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}
