// Ships to the browser.
import { openPreview } from './api.ts';

/**
 * Opens a port of a lab in a new tab, at a path of it. The tab is opened at the click, before the token is there, or the browser takes it
 * for a pop-up.
 */
export async function previewInTab(lab: string, port: number, path = '/'): Promise<void> {
  const tab = window.open('about:blank');
  if (tab) tab.opener = null;
  try {
    const url = new URL((await openPreview(lab, port)).url);
    if (path !== '/') url.searchParams.set('to', path);
    if (tab) tab.location.href = url.href;
    else location.assign(url);
  } catch (error) {
    tab?.close();
    throw error;
  }
}
