// Ships to the browser.
import { openPreview } from './api.ts';

/**
 * Opens a port of a lab in a new tab. The tab is opened at the click, before the token is there, or the browser takes it
 * for a pop-up.
 */
export async function previewInTab(lab: string, port: number): Promise<void> {
  const tab = window.open('about:blank');
  if (tab) tab.opener = null;
  try {
    const { url } = await openPreview(lab, port);
    if (tab) tab.location.href = url;
    else location.assign(url);
  } catch (error) {
    tab?.close();
    throw error;
  }
}
