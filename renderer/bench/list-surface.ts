/** A long list, as far as it is measured. */
export interface ListSurface {
  /** Hands all of it over, as a host does. */
  fill(): Promise<void>;
  /** Hands one more change over. @returns what stands on the screen as soon as it has arrived. */
  change(number: number): string;
  /** Looks for what one row in a thousand has. @returns whether only those are left by now; undefined where nothing can be looked for. */
  filter(): (() => boolean) | undefined;
  /** Shows the list at this fraction of the whole, from 0 to 1. */
  scrollTo(fraction: number): void;
  /** What stands on the screen as soon as all of it has arrived. */
  readonly last: string;
}

/** @param amount of rows. */
export type OpenList = (place: HTMLElement, amount: number) => ListSurface;

/** Every so many rows one has the word that is looked for. */
export const wantedEvery = 1_000;
export const wanted = "needle";

/** Writes into a field as somebody who types does. */
export function typeInto(field: HTMLInputElement | null, text: string): void {
  if (!field) throw new Error("there is no field to type into");
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Whether there are such rows, and each of them has what is looked for. */
export function onlyWanted(place: HTMLElement, rows: string): boolean {
  const found = [...place.querySelectorAll(rows)];
  return found.length > 0 && found.every((row) => row.textContent.includes(wanted));
}

/** Scrolls an element to a fraction of what it holds. */
export function scrollIn(element: Element | null | undefined, fraction: number): void {
  if (!element) throw new Error("there is nothing to scroll");
  element.scrollTop = fraction * (element.scrollHeight - element.clientHeight);
}
