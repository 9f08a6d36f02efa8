/** The content security policy of the site: scripts are its own files, and inline ones whose hash is known. */

export interface PolicyOptions {
  /** The Host header, checked before: some browsers do not take 'self' for sockets. */
  host: string;
  /** Hashes of the page's inline scripts, as `sha256-…`. */
  scriptHashes?: readonly string[];
}

export function contentSecurityPolicy({ host, scriptHashes = [] }: PolicyOptions): string {
  const hashes = scriptHashes.map((hash) => `'${hash}'`);
  const directives = {
    'default-src': ["'self'"],
    // The search runs in WebAssembly.
    'script-src': ["'self'", "'wasm-unsafe-eval'", ...hashes],
    // Code highlighting and the terminal set styles on elements.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'", `ws://${host}`, `wss://${host}`],
    'worker-src': ["'self'", 'blob:'],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');
}
