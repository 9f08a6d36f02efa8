// Ships to the browser.
/** Sizes and spans of time, short enough for a table. */
export function bytes(count: number): string {
  const mebibytes = count / 1024 ** 2;
  return mebibytes < 1000
    ? `${String(Math.round(mebibytes))} MiB`
    : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

export function span(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  if (minutes < 1) return '< 1 min';
  if (minutes < 60) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${String(hours)} h ${String(minutes % 60)} min`
    : `${String(Math.floor(hours / 24))} days`;
}
