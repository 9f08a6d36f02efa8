/** `npm run lab -- drain`: the server that runs here makes no new labs, or makes them again. */
import { loadConfig, type Config } from '../../config.ts';
import { apiErrorSchema } from '../../protocol/api.ts';
import { drainAnswerSchema } from '../../protocol/operator.ts';
import { CannotRun } from '../cannot-run.ts';
import { say } from '../progress.ts';

const answerMs = 10_000;

export async function drain(options: { off?: boolean }): Promise<void> {
  const config = loadConfig();
  const answer = await post(config, { on: options.off !== true });
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw refusal(config, body);
  const { draining } = drainAnswerSchema.parse(body);
  say(
    draining
      ? 'No new labs are made. Those that run go on; `npm run lab -- drain --off` ends this, and so does a newer version.'
      : 'New labs are made again.',
  );
}

async function post({ host, port, operatorToken }: Config, body: object): Promise<Response> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${String(port)}`;
  const headers = {
    'content-type': 'application/json',
    origin: url,
    ...(operatorToken !== undefined && { authorization: `Bearer ${operatorToken}` }),
  };
  try {
    return await fetch(`${url}/api/operator/drain`, {
      ...{ method: 'POST', headers, body: JSON.stringify(body) },
      signal: AbortSignal.timeout(answerMs),
    });
  } catch (cause) {
    throw Object.assign(
      new CannotRun(
        `No server answers at ${url}.`,
        'Start it with `npm start`, with the same settings as this command.',
      ),
      { cause },
    );
  }
}

function refusal({ mode, operatorToken }: Config, body: unknown): CannotRun {
  if (mode === 'multi' && operatorToken === undefined)
    return new CannotRun(
      'The server has no operator.',
      'Set OPERATOR_TOKEN in its settings (16 characters or more), start it again, and repeat this.',
    );
  const error = apiErrorSchema.safeParse(body).data?.error;
  return new CannotRun(
    error?.message ?? 'The server gave an answer that is not understood.',
    error?.hint ?? 'Is it Drydock that listens on PORT?',
  );
}
