/** Puts values where a script says `@name`. */
export function fillIn(script: string, values: Record<string, string>): string {
  return script.replace(/@(\w+)/g, (whole, name: string) => values[name] ?? whole);
}
