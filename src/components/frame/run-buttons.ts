// Ships to the browser.
/** Buttons of `sh` blocks marked `run`; they show only while a server is there (frame.css). */
import { announce } from '../../lib/announce.ts';
import { subscribe } from '../../lib/store.ts';
import { typeCommand } from '../dock/dock-events.ts';

subscribe(({ server }) => {
  document.documentElement.dataset['server'] = server;
}, new AbortController().signal);

document.addEventListener('click', (event) => {
  const button =
    event.target instanceof Element ? event.target.closest<HTMLElement>('.run-block') : null;
  if (!button || typeCommand(button.dataset['run'] ?? '')) return;
  button.textContent = 'Start a lab first';
  announce('No terminal is open. Start a lab first.');
  setTimeout(() => (button.textContent = 'Run in the terminal'), 2500);
});
