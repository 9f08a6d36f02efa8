import { questionTimeoutMs, type Question } from '../../protocol/questions.ts';
import type { LabHandles } from './lab-handles.ts';
import type { ProbeRequest } from './wire.ts';

/** How the helper is asked a question of the protocol. */
export function questionRequest(handles: LabHandles, question: Question): ProbeRequest {
  const { args, payload } = particulars(question);
  const pid =
    'pid' in question && question.pid !== undefined ? [`pid=${String(question.pid)}`] : [];
  const timeout = `timeout=${String(question.timeoutMs ?? questionTimeoutMs)}`;
  return {
    args: [`kind=${question.kind}`, timeout, ...pid, ...labArgs(handles), ...args],
    ...(payload && { payload }),
  };
}

/** What every question says of its lab. The helper opens the descriptors again by this process's own numbers. */
export function labArgs(handles: LabHandles): string[] {
  const fd = (number: number): string => `/proc/${String(process.pid)}/fd/${String(number)}`;
  return [
    `root=${fd(handles.rootFd)}`,
    `net=${fd(handles.netFd)}`,
    `pidns=${fd(handles.pidNamespaceFd)}`,
    `uid=${String(handles.uidStart)}:${String(handles.uidCount)}`,
    `tree=${handles.cgroups.tree}`,
    ...handles.cgroups.limits.map((limit) => `cgroup=${limit}`),
  ];
}

const defaultFileBytes = 64 * 1024;

function particulars(question: Question): ProbeRequest {
  switch (question.kind) {
    case 'docker':
    case 'list':
      return { args: [`path=${question.path}`] };
    case 'file':
      return {
        args: [`path=${question.path}`, `max=${String(question.maxBytes ?? defaultFileBytes)}`],
      };
    case 'http':
      return httpRequest(question);
    case 'dns':
      return {
        args: [
          `name=${question.name}`,
          ...given('type', question.type),
          ...given('server', question.server),
        ],
      };
    case 'tcp': {
      const args = [`host=${question.host}`, `port=${String(question.port)}`];
      return question.send === undefined ? { args } : { args, payload: Buffer.from(question.send) };
    }
    case 'ip':
      return { args: [`object=${question.object}`] };
    case 'rules':
      return { args: given('table', question.table) };
    case 'sysctl':
      return { args: [`name=${question.name}`] };
    case 'processes':
    case 'cgroup':
    case 'ports':
      return { args: [] };
  }
}

function httpRequest(question: Extract<Question, { kind: 'http' }>): ProbeRequest {
  const ca = Buffer.from(question.ca ?? '');
  const headers = Object.entries(question.headers ?? {});
  return {
    args: [
      `url=${question.url}`,
      ...given('method', question.method),
      ...headers.map(([name, value]) => `header=${name}: ${value}`),
      ...(question.resolve ?? []).map((triple) => `resolve=${triple}`),
      `ca=${String(ca.length)}`,
    ],
    payload: Buffer.concat([ca, Buffer.from(question.body ?? '')]),
  };
}

function given(key: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${key}=${value}`];
}
