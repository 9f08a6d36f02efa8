const known: [RegExp, string][] = [
  [
    /Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Failed to fetch/i,
    'Building images needs a Debian mirror: check that this machine reaches one over http, then start again.',
  ],
  [/No space left on device/i, 'Free some space (about 4 GB are needed), then start again.'],
  [
    /ENOENT|command not found|is not installed/,
    'Install what is missing (apt-get install mmdebstrap squashfs-tools e2fsprogs util-linux), then start again.',
  ],
  [
    /not signed|NO_PUBKEY|EXPKEYSIG/,
    'The keys of the Debian archive are missing or old: apt-get install debian-archive-keyring, then start again.',
  ],
];

/** What to do about a failed build; what was finished before is kept, so starting again goes on from there. */
export function buildHint(log: string): string {
  const hint = known.find(([pattern]) => pattern.test(log))?.[1];
  return hint ?? 'Start again: what is finished is kept.';
}
