/** The bytes of a WebSocket frame, in whatever form the library hands them over. */
import type { RawData } from 'ws';

export function frameBytes(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

export function frameText(data: RawData): string {
  return frameBytes(data).toString('utf8');
}
