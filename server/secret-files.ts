/** Secrets that lie in files, as Docker's and systemd's do: `METRICS_TOKEN_FILE=/run/secrets/metrics`. */
import { readFileSync } from 'node:fs';

type Environment = Record<string, string | undefined>;

/** Takes `<NAME>_TOKEN` from the file that `<NAME>_TOKEN_FILE` names; faults are sentences. Both at once is one. */
export function readSecretFiles(environment: Environment): {
  settings: Environment;
  faults: string[];
} {
  const settings = { ...environment };
  const faults: string[] = [];
  for (const [setting, file] of Object.entries(environment)) {
    const name = /^(\w+_TOKEN)_FILE$/.exec(setting)?.[1];
    if (name === undefined || !file) continue;
    if (environment[name]) faults.push(`${name} and ${setting} are both set: leave one out`);
    else {
      try {
        settings[name] = readFileSync(file, 'utf8').trim();
        if (settings[name] === '') faults.push(`${setting} names an empty file: ${file}`);
      } catch (error) {
        faults.push(`${setting} cannot be read: ${String(error)}`);
      }
    }
  }
  return { settings, faults };
}
