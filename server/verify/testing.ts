/** Answers for tests, as an agent gives them. */
import type { Answer } from '../protocol/questions.ts';

export function answer(text: string | Buffer, exitCode = 0): Answer {
  return { ok: true, exitCode, body: Buffer.from(text).toString('base64') };
}

export function engineAnswer(value: unknown, status = 200): Answer {
  const body = JSON.stringify(value);
  return answer(`HTTP/1.1 ${String(status)} X\r\nContent-Type: application/json\r\n\r\n${body}`);
}

export function noAnswer(reason: Extract<Answer, { ok: false }>['reason'], detail = ''): Answer {
  return { ok: false, reason, detail };
}

/** As little of `docker inspect` as there is for a container that runs. */
export const inspected = {
  Id: 'abc',
  Name: '/web',
  Image: 'sha256:1',
  State: { Running: true, Status: 'running', Pid: 42, ExitCode: 0, StartedAt: 'now' },
  Config: { Image: 'nginx', Env: ['A=b=c', 'EMPTY'], Cmd: null, Entrypoint: 'run', Labels: null },
  HostConfig: { CapAdd: ['NET_ADMIN'], RestartPolicy: { Name: 'always' }, Memory: 5 },
  Mounts: [
    {
      Type: 'volume',
      Name: 'data',
      Source: '/var/lib/docker/volumes/data/_data',
      Destination: '/d',
      RW: true,
    },
  ],
  NetworkSettings: {
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '81/tcp': null },
    Networks: { bridge: { IPAddress: '172.17.0.2' }, off: { IPAddress: '' } },
  },
};
