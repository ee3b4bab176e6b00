import type { Page } from "playwright-core";

/** Milliseconds since the epoch, as exactly as this machine knows them; those of a page on it are the same. */
export function exactNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Gives a page the function that says when a text was painted. */
export async function watchPaint(page: Page): Promise<void> {
  await page.evaluate(`window.paintedAt = (text) => new Promise((resolve) => {
    const look = () => {
      if (!document.body.textContent.includes(text)) return requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
      port2.postMessage(undefined);
    };
    requestAnimationFrame(look);
  })`);
}

/** When a text is painted that is not there yet, in milliseconds since the epoch. */
export function paintedAt(page: Page, text: string): Promise<number> {
  return page.evaluate(`window.paintedAt(${JSON.stringify(text)})`);
}
