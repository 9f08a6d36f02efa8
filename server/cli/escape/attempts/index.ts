/** All attempts there are. */
import type { Attempt } from '../attempt.ts';
import { devices } from './devices.ts';
import { engineSocket } from './engine-socket.ts';
import { kernelCalls } from './kernel-calls.ts';
import { kernelSettings } from './kernel-settings.ts';

export const attempts: readonly Attempt[] = [...devices, ...kernelSettings, ...kernelCalls, ...engineSocket];
