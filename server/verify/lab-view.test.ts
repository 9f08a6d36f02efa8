import { describe, expect, it } from 'vitest';
import type { LabView } from '../../labs/define-lab.ts';
import type { Answer, Question } from '../protocol/questions.ts';
import { createLabView } from './lab-view.ts';
import { answer, engineAnswer, inspected, noAnswer } from './testing.ts';
import { Unaskable } from './unaskable.ts';

function view(answerTo: (question: Question) => Answer): {
  lab: LabView;
  asked: Question[];
  stop: AbortController;
} {
  const asked: Question[] = [];
  const stop = new AbortController();
  const ask = async (question: Question): Promise<Answer> => {
    asked.push(question);
    return answerTo(question);
  };
  return { lab: createLabView({ ask, seed: 0, signal: stop.signal }), asked, stop };
}

describe('a container', () => {
  it('is seen in words of ours', async () => {
    const { lab } = view(() => engineAnswer(inspected));
    const container = await lab.docker.container('web');
    expect(container).toMatchObject({
      name: 'web',
      pid: 42,
      env: { A: 'b=c', EMPTY: '' },
      cmd: [],
      entrypoint: ['run'],
      labels: {},
      capAdd: ['NET_ADMIN'],
      capDrop: [],
      privileged: false,
      restartPolicy: 'always',
      ports: { '80/tcp': [{ ip: '0.0.0.0', port: 8080 }] },
      addresses: { bridge: '172.17.0.2' },
      mounts: [{ type: 'volume', name: 'data', destination: '/d', rw: true }],
      health: undefined,
    });
  });

  it('has files while it runs, those of its own process', async () => {
    const metadata = '{"type":"file","mode":420,"uid":0,"gid":0,"size":2,"mtime":1,"inode":2}';
    const { lab, asked } = view((question) =>
      question.kind === 'docker' ? engineAnswer(inspected) : answer(`${metadata}\nhi`),
    );
    const container = await lab.docker.container('web');
    expect(await container?.file('/x', { maxBytes: 10 })).toMatchObject({ text: 'hi' });
    expect(asked[1]).toEqual({ kind: 'file', path: '/x', maxBytes: 10, pid: 42 });
    const stopped = view(() =>
      engineAnswer({ ...inspected, State: { ...inspected.State, Running: false, Pid: 0 } }),
    );
    expect(await (await stopped.lab.docker.container('web'))?.file('/x')).toBeUndefined();
  });

  it('that is not there is undefined', async () => {
    const { lab, asked } = view(() => engineAnswer({ message: 'No such container' }, 404));
    expect(await lab.docker.container('../x?y')).toBeUndefined();
    expect(asked).toEqual([{ kind: 'docker', path: '/containers/..%2Fx%3Fy/json' }]);
  });

  it.each([
    ['a number for a name', { ...inspected, Name: 5 }],
    ['no state', { ...inspected, State: undefined }],
    ['a map for a list', { ...inspected, HostConfig: { CapAdd: { a: 1 } } }],
    ['a list for it all', [inspected]],
  ])('with %s is not understood', async (_, value) => {
    const { lab } = view(() => engineAnswer(value));
    await expect(lab.docker.container('web')).rejects.toThrow(Unaskable);
  });

  it('never has a negative process', async () => {
    const { lab } = view(() =>
      engineAnswer({ ...inspected, State: { ...inspected.State, Pid: -1 } }),
    );
    expect((await lab.docker.container('web'))?.pid).toBe(0);
  });
});

describe('an engine', () => {
  it.each(['absent', 'refused', 'timeout', 'unavailable', 'too-large', 'forbidden'] as const)(
    'that is %s could not be asked',
    async (reason) => {
      const { lab } = view(() => noAnswer(reason));
      await expect(lab.docker.containers()).rejects.toThrow(Unaskable);
      expect(await lab.docker.up()).toBe(false);
    },
  );

  it('is asked once by however many checks', async () => {
    const { lab, asked } = view(() => engineAnswer([]));
    await Promise.all(Array.from({ length: 10 }, () => lab.docker.containers()));
    expect(asked).toHaveLength(1);
  });

  it('that fails inside could not be asked either', async () => {
    const { lab } = view(() => engineAnswer({ message: 'broken' }, 500));
    await expect(lab.docker.volumes()).rejects.toThrow('500');
    expect(await lab.docker.get('/volumes')).toEqual({ status: 500, body: { message: 'broken' } });
  });

  it('says where a volume is, and its files are looked up in the lab', async () => {
    const volume = {
      Name: 'data',
      Driver: 'local',
      Mountpoint: '/var/lib/docker/volumes/data/_data',
      Labels: null,
    };
    const { lab, asked } = view((question) =>
      question.kind === 'docker' ? engineAnswer(volume) : noAnswer('absent'),
    );
    expect(await (await lab.docker.volume('data'))?.file('../../x')).toBeUndefined();
    expect(asked[1]).toEqual({ kind: 'file', path: '/var/lib/docker/volumes/data/_data/x' });
  });
});

describe('a lab', () => {
  it('has nothing where nothing is', async () => {
    const { lab } = view(() => noAnswer('absent'));
    expect(await lab.file('/x')).toBeUndefined();
    expect(await lab.list('/x')).toBeUndefined();
    expect(await lab.cgroup(7)).toBeUndefined();
    expect(await lab.sysctl('net.x')).toBeUndefined();
    expect(await lab.ports({ pid: 7 })).toEqual([]);
    expect(await lab.tcp('127.0.0.1', 1)).toMatchObject({ open: false });
  });

  it('has something odd where it may not be opened', async () => {
    const { lab } = view(() => noAnswer('forbidden', 'open: Too many links'));
    await expect(lab.file('/x')).rejects.toThrow('Too many links');
  });

  it('asks for names where the request is made: hosts file first, then the name server', async () => {
    const metadata = '{"type":"file","mode":420,"uid":0,"gid":0,"size":2,"mtime":1,"inode":2}';
    const report = '{"errormsg":null,"exitcode":0,"http_code":200,"size_header":0}';
    const { lab, asked } = view(({ kind }) => {
      if (kind === 'file')
        return answer(`${metadata}\n127.0.0.1 localhost\n10.0.0.5 a.lab b.lab # c.lab\n`);
      if (kind === 'dns')
        return answer(
          ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\nc.lab. 1 IN A 10.0.0.9\n',
        );
      return answer(`\n${report}`);
    });
    await lab.http('http://b.lab/', { pid: 3 });
    await lab.http('https://c.lab/', { pid: 3 });
    await lab.http('http://[::1]:80/');
    await lab.http('http://localhost/');
    const resolved = asked.flatMap((question) =>
      question.kind === 'http' ? [question.resolve] : [],
    );
    expect(resolved).toEqual([['b.lab:80:10.0.0.5'], ['c.lab:443:10.0.0.9'], undefined, undefined]);
    expect(asked.filter(({ kind }) => kind === 'dns')).toEqual([
      { kind: 'dns', name: 'c.lab', pid: 3 },
    ]);
  });

  it('tells parents as the lab numbers them', async () => {
    const process = {
      uid: 0,
      state: 'S',
      name: 'x',
      args: [],
      cgroup: '/',
      capEff: '0',
      capBnd: '0',
      noNewPrivs: 1,
      seccomp: 2,
      namespaces: { pid: 1, net: 1, mnt: 1, user: 1, ipc: 1, uts: 1 },
    };
    const processes = [
      { ...process, pid: 1, host: { pid: 500, ppid: 400 } },
      { ...process, pid: 9, host: { pid: 510, ppid: 500 } },
    ];
    const { lab } = view(() => answer(JSON.stringify({ processes })));
    expect(
      (await lab.processes()).map(({ pid, ppid, noNewPrivs }) => [pid, ppid, noNewPrivs]),
    ).toEqual([
      [1, 0, true],
      [9, 1, true],
    ]);
  });

  it('is asked again until what is waited for is there', async () => {
    let asked = 0;
    const { lab } = view(() => ((asked += 1) < 3 ? noAnswer('refused') : engineAnswer([])));
    expect(await lab.eventually(() => lab.docker.containers())).toEqual([]);
    await expect(
      view(() => noAnswer('refused')).lab.eventually(() => lab.docker.containers(), {
        withinMs: 1,
      }),
    ).resolves.toEqual([]);
    const down = view(() => noAnswer('refused')).lab;
    await expect(
      down.eventually(() => down.docker.containers(), { withinMs: 200 }),
    ).rejects.toThrow(Unaskable);
    expect(await lab.eventually(async () => undefined, { withinMs: 1 })).toBeUndefined();
  });

  it('is asked nothing after the verdict', async () => {
    const { lab, stop, asked } = view(() => engineAnswer([]));
    stop.abort(new Error('over'));
    await expect(lab.processes()).rejects.toThrow('over');
    expect(asked).toEqual([]);
  });
});
