/** So many sockets of one kind for one key, and no more: a page that opens them in a loop costs nobody else anything. */
import { DrydockError } from '../../errors.ts';

export interface SocketLimit {
  /** Throws when there are too many. */
  check: (key: string) => void;
  /** Counts one more, until the returned function is called. */
  add: (key: string) => () => void;
}

export function createSocketLimit(most: number): SocketLimit {
  const open = new Map<string, number>();
  return {
    check: (key) => {
      if ((open.get(key) ?? 0) >= most)
        throw new DrydockError('too_many_requests', {
          detail: `${most} sockets are open already.`,
        });
    },
    add: (key) => {
      open.set(key, (open.get(key) ?? 0) + 1);
      return () => {
        const left = (open.get(key) ?? 1) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
      };
    },
  };
}
