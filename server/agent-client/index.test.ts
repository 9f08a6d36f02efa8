import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createAgentClient, frameText } from './index.ts';
import { fakeLab, startFakeAgent } from './testing/fake-agent.ts';

const id = 'labaaaaaaaaa';

describe('the agent client', () => {
  it('creates, lists and destroys', async () => {
    await using agent = await startFakeAgent();
    const client = createAgentClient(agent.socketPath);
    const lab = await client.createLab({ id, lease: 'web' });
    expect(lab).toMatchObject({ id, state: 'ready', limits: { memory: 1024 } });
    expect(await client.list()).toHaveLength(1);
    await client.destroyLab(id);
    expect(agent.labs.size).toBe(0);
  });

  it('takes a lab that is gone as destroyed', async () => {
    await using agent = await startFakeAgent();
    await expect(createAgentClient(agent.socketPath).destroyLab(id)).resolves.toBeUndefined();
  });

  it('says lab_host_down when nobody listens', async () => {
    await expect(createAgentClient('/nowhere.sock').status()).rejects.toMatchObject({
      code: 'lab_host_down',
    });
  });

  it("throws the agent's own error", async () => {
    await using agent = await startFakeAgent();
    agent.failNext('create', 'lab_host_full');
    const creating = createAgentClient(agent.socketPath).createLab({ id, lease: 'web' });
    await expect(creating).rejects.toMatchObject({ code: 'lab_host_full', status: 503 });
  });

  it('gives up when its signal aborts', async () => {
    await using agent = await startFakeAgent();
    agent.gate.creating = new Promise(() => undefined);
    const controller = new AbortController();
    const creating = createAgentClient(agent.socketPath).createLab(
      { id, lease: 'web' },
      controller.signal,
    );
    setTimeout(() => controller.abort(), 20);
    await expect(creating).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('keeps its lease through a cut', async () => {
    await using agent = await startFakeAgent();
    using stop = stopper();
    const seen: string[] = [];
    const events = createAgentClient(agent.socketPath).events({
      lease: 'cli-1',
      signal: stop.signal,
      onEvent: (event) => seen.push(event.type),
    });
    await events.opened;
    expect(agent.leases()).toEqual(['cli-1']);
    agent.cut();
    await vi.waitFor(() => expect(seen).toEqual(['hello', 'hello']));
  });

  it('hands over a terminal without losing its first frames', async () => {
    await using agent = await startFakeAgent();
    using stop = stopper();
    const options = { cols: 80, rows: 24, role: 'control', signal: stop.signal } as const;
    const terminal = await createAgentClient(agent.socketPath).terminal(id, 1, options);
    const frames: string[] = [];
    terminal.on('message', (data) => frames.push(frameText(data)));
    terminal.send(Buffer.from('ls\r'));
    await vi.waitFor(() => expect(frames).toHaveLength(3));
    expect(frames[0]).toContain('"replay"');
  });

  it("follows a lab's engine", async () => {
    await using agent = await startFakeAgent();
    using stop = stopper();
    agent.labs.set(id, fakeLab(id));
    const onChange = vi.fn();
    createAgentClient(agent.socketPath).engineEvents(id, { signal: stop.signal, onChange });
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1));
    agent.engineEvent(id);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2));
  });

  it('connects to a port of a lab', async () => {
    await using agent = await startFakeAgent();
    const inner = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
    const address = inner.address();
    agent.ports.set(80, typeof address === 'object' && address ? address.port : 0);
    const client = createAgentClient(agent.socketPath);
    const socket = await client.connect(id, 80);
    const chunks: unknown[] = await once(socket, 'data');
    expect(String(chunks[0])).toBe('hello');
    await expect(client.connect(id, 81)).rejects.toMatchObject({ name: 'DrydockError' });
    inner.close();
  });
});

function stopper(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() };
}
