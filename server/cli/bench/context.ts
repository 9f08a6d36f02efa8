import type { UsedLabHost } from '../host/use-lab-host.ts';
import type { BenchWeb } from './web-server.ts';

export interface BenchContext extends UsedLabHost {
  web: BenchWeb;
  tell: (text: string) => void;
}
