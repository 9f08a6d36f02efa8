/**
 * Carries a terminal's frames between a browser and the agent, one to one. A side that reads slowly makes the other
 * one wait: at most a frame above the mark is held here, for each direction.
 */
import type { Counter } from 'prom-client';
import type { RawData } from 'ws';
import type { z } from 'zod';
import { frameText } from '../../agent-client/index.ts';
import {
  terminalClientMessageSchema,
  terminalServerMessageSchema,
} from '../../protocol/terminal.ts';
import { closeCodes } from './close-codes.ts';
import type { PageSocket } from './page-socket.ts';

/** More than this not yet written to a socket stops the reading of the other one; about 50 ms of a fast line. */
const highWaterBytes = 1024 * 1024;
const maxTextBytes = 4 * 1024;

export interface RelayOptions {
  browser: PageSocket;
  terminal: PageSocket;
  /** The learner typed. */
  onInput: () => void;
  bytes: Counter;
}

export function relay({ browser, terminal, onInput, bytes }: RelayOptions): void {
  const toBrowser = bytes.labels({ direction: 'out' });
  const toTerminal = bytes.labels({ direction: 'in' });
  carry({
    from: terminal,
    to: browser,
    schema: terminalServerMessageSchema,
    onBytes: (count) => toBrowser.inc(count),
  });
  carry({
    ...{ from: browser, to: terminal, schema: terminalClientMessageSchema },
    onBytes: (count) => {
      toTerminal.inc(count);
      onInput();
    },
  });
  closeTogether(terminal, browser);
  closeTogether(browser, terminal);
  if (browser.readyState === browser.OPEN) browser.resume();
  else terminal.close(closeCodes.normal);
}

interface Direction {
  from: PageSocket;
  to: PageSocket;
  schema: z.ZodType;
  onBytes: (count: number) => void;
}

function carry({ from, to, schema, onBytes }: Direction): void {
  const sent = (): void => {
    if (from.isPaused && from.readyState === from.OPEN && to.bufferedAmount < highWaterBytes / 2)
      from.resume();
  };
  from.on('message', (data, isBinary) => {
    if (!isBinary && !isMessage(schema, data)) {
      from.close(closeCodes.policy, 'not a message of the protocol');
      return;
    }
    if (to.readyState !== to.OPEN) return;
    if (isBinary) onBytes(lengthOf(data));
    to.send(data, { binary: isBinary }, sent);
    if (to.bufferedAmount > highWaterBytes) from.pause();
  });
}

function isMessage(schema: z.ZodType, data: RawData): boolean {
  if (lengthOf(data) > maxTextBytes) return false;
  try {
    return schema.safeParse(JSON.parse(frameText(data))).success;
  } catch {
    return false;
  }
}

function lengthOf(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.byteLength;
}

/** What is paused would never see the other side's close frame. */
function closeTogether(one: PageSocket, other: PageSocket): void {
  one.once('close', (code, reason) => {
    other.close(isSendable(code) ? code : closeCodes.tryLater, reason);
    other.resume();
  });
}

/** Codes that a side may send: the others only say how a connection broke. */
function isSendable(code: number): boolean {
  return code === 1000 || (code >= 1007 && code <= 1014) || (code >= 4000 && code <= 4999);
}
