/** Reads `.env.example`: a comment above lines that it explains together. */

export interface SettingGroup {
  /** What the comment says, its lines joined. */
  text: string;
  settings: { name: string; byDefault: string }[];
}

/** Throws for a setting that nothing explains: the page would show it bare. */
export function readSettings(file: string): SettingGroup[] {
  const groups: SettingGroup[] = [];
  let comment: string[] = [];
  for (const line of file.split('\n')) {
    const [, name, byDefault = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    if (line.startsWith('#')) comment.push(line.replace(/^#\s?/, ''));
    else if (name === undefined) comment = [];
    else {
      if (comment.length > 0) groups.push({ text: comment.join(' '), settings: [] });
      comment = [];
      const group = groups.at(-1);
      if (!group) throw new Error(`.env.example does not explain ${name}.`);
      group.settings.push({ name, byDefault });
    }
  }
  return groups;
}
