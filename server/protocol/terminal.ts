/**
 * A terminal's socket, the same from agent to web server and from web server to page.
 * Binary frames are terminal bytes in both directions; text frames are one of these messages.
 */
import { z } from 'zod';

export { ackEveryBytes, highWatermarkBytes, lowWatermarkBytes, replayBytes } from './limits.ts';

/** Numbers of the terminals whose shell runs, whoever looks at them, lowest first. */
export const terminalListSchema = z.strictObject({ terminals: z.array(z.number().int()) });
export type TerminalList = z.infer<typeof terminalListSchema>;

const size = { cols: z.number().int().min(2).max(1000), rows: z.number().int().min(1).max(500) };

export const viewerRoleSchema = z.enum(['control', 'watch']);
export type ViewerRole = z.infer<typeof viewerRoleSchema>;

export const terminalClientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('resize'), ...size }),
  /** Bytes of output processed since the socket was opened, replay included. */
  z.strictObject({ type: z.literal('ack'), bytes: z.number().int().nonnegative() }),
  /** Asks to become the viewer that types, sizes and answers the terminal's queries. */
  z.strictObject({ type: z.literal('take-control') }),
  /** Ends the session and its processes. */
  z.strictObject({ type: z.literal('close') }),
]);
export type TerminalClientMessage = z.infer<typeof terminalClientMessageSchema>;

export const terminalServerMessageSchema = z.discriminatedUnion('type', [
  /** First message: the binary frames until `live` restore the screen; answer no terminal query during them. */
  z.strictObject({
    type: z.literal('replay'),
    ...size,
    role: viewerRoleSchema,
    resumed: z.boolean(),
  }),
  z.strictObject({ type: z.literal('live') }),
  z.strictObject({ type: z.literal('resize'), ...size }),
  z.strictObject({ type: z.literal('role'), role: viewerRoleSchema }),
  /** The shell ended; the socket closes after it. */
  z.strictObject({ type: z.literal('exit'), exitCode: z.number().int() }),
  z.strictObject({ type: z.literal('error'), message: z.string(), hint: z.string() }),
  /** Nothing new: the web server is still there (limits.ts). */
  z.strictObject({ type: z.literal('beat') }),
]);
export type TerminalServerMessage = z.infer<typeof terminalServerMessageSchema>;
