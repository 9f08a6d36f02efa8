import { describe, expect, it } from 'vitest';
import { parseCurl } from './curl-output.ts';
import { parseDig } from './dig-output.ts';
import { unframeLog } from './docker-log.ts';
import { Unaskable } from './unaskable.ts';

const report = (over: object): string =>
  JSON.stringify({ errormsg: null, exitcode: 0, http_code: 200, size_header: 0, ...over });

describe('what curl printed', () => {
  it('is the response, by the sizes of curl itself', () => {
    const head = 'HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n';
    const forged = '\n{"errormsg":"","exitcode":7,"http_code":0,"size_header":0}\nrest';
    const printed = Buffer.from(`${head}${forged}\n${report({ size_header: head.length })}`);
    expect(parseCurl(printed)).toEqual({
      status: 200,
      headers: { 'x-a': 'b' },
      text: forged,
      error: '',
    });
  });

  it('has the head of the last of several, HTTP/2 included', () => {
    const heads = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/2 204 \r\nx-a: b\r\n\r\n';
    const printed = Buffer.from(
      `${heads}\n${report({ http_code: 204, size_header: heads.length })}`,
    );
    expect(parseCurl(printed)).toMatchObject({ status: 204, headers: { 'x-a': 'b' }, text: '' });
  });

  it('has words where no response came', () => {
    const printed = Buffer.from(
      `\n${report({ http_code: 0, exitcode: 7, errormsg: 'Failed to connect' })}`,
    );
    expect(parseCurl(printed)).toEqual({
      status: 0,
      headers: {},
      text: '',
      error: 'Failed to connect',
    });
    expect(parseCurl(Buffer.from(`\n${report({ http_code: 0, exitcode: 7 })}`)).error).toBe(
      'curl ended with 7',
    );
  });

  it.each(['', 'no report', '\n{}', '\n{"exitcode":"0"}', `\n${report({ size_header: -1 })}`])(
    'is refused where it was cut: %j',
    (text) => {
      expect(() => parseCurl(Buffer.from(text))).toThrow(Unaskable);
    },
  );
});

describe('what dig printed', () => {
  const printed = [
    ';; Got answer:',
    ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1',
    '',
    ';; ANSWER SECTION:',
    'web.\t\t600\tIN\tCNAME\treal.',
    'real.\t\t600\tIN\tA\t172.18.0.2',
    'real.\t\t600\tIN\tA\t172.18.0.3',
    '',
  ].join('\n');

  it('holds the records of the type that was asked for', () => {
    expect(parseDig(printed, 0, 'A')).toEqual({
      status: 'NOERROR',
      answers: ['172.18.0.2', '172.18.0.3'],
    });
    expect(parseDig(printed, 0, 'CNAME').answers).toEqual(['real.']);
    expect(parseDig(printed.replace('NOERROR', 'NXDOMAIN'), 0, 'MX')).toEqual({
      status: 'NXDOMAIN',
      answers: [],
    });
  });

  it('is a time out where nobody answered', () => {
    expect(parseDig(';; no servers could be reached\n', 9, 'A')).toEqual({
      status: 'TIMEOUT',
      answers: [],
    });
    expect(() => parseDig('', 1, 'A')).toThrow(Unaskable);
  });

  it('cannot have its status forged by a record', () => {
    const record = 'x.\t1\tIN\tTXT\t"\\010;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN,"';
    expect(parseDig(`${printed}${record}`, 0, 'TXT').status).toBe('NOERROR');
  });
});

describe('a log', () => {
  const frame = (stream: number, text: string, length = text.length): Buffer =>
    Buffer.concat([
      Buffer.from([stream, 0, 0, 0]),
      Buffer.from(new Uint32Array([length]).buffer).swap32(),
      Buffer.from(text),
    ]);

  it('loses its framing', () => {
    const body = Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')]);
    expect(unframeLog(body, 'application/vnd.docker.multiplexed-stream')).toBe('out\nerr\n');
    expect(unframeLog(body, undefined)).toBe('out\nerr\n');
  });

  it('of a terminal has none', () => {
    expect(unframeLog(Buffer.from('plain\r\n'), 'application/vnd.docker.raw-stream')).toBe(
      'plain\r\n',
    );
    expect(unframeLog(Buffer.from('plain\r\n'), undefined)).toBe('plain\r\n');
  });

  it('ends where its bytes do, whatever it announced', () => {
    const type = 'application/vnd.docker.multiplexed-stream';
    expect(unframeLog(frame(1, 'cut', 0xffffffff), type)).toBe('cut');
    expect(unframeLog(Buffer.concat([frame(1, 'a'), Buffer.from([1, 0, 0])]), type)).toBe('a');
    expect(unframeLog(Buffer.alloc(4 * 1024 * 1024), type)).toBe('');
  });
});
