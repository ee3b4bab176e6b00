/** What is wrong with a text on the screen, and where it stands: its element and two around it. */
export interface Flaw {
  readonly flaw: "cut off" | "spills out" | "scrolls sideways" | "wider than the window";
  readonly text: string;
  readonly place: string;
}

/** A text that does not stand in the brackets of the language that nobody speaks. */
export interface PlainText {
  readonly text: string;
  readonly place: string;
}

/** Pixels that rounding, letters that lean and the space below a line may take. */
const slack = { across: 1, down: 4 };

/** What may be moved sideways: lines that are not wrapped, tables, and the board's columns and lanes. */
const wide = "pre, table, [role=table], [class*=columns], [class*=_lanes_], [class*=lines], [class*=scroll][role=region], textarea, input, select";

/** Somebody else's texts, times, keys, and what the owner typed. */
const notOurs = "bdi, pre, code, time, kbd, [class*=markdown], [class*=diff], [class*=_canvas_], textarea, option";

/** Texts that an owner could not read whole, and whatever makes the page wider than its window. */
export function layoutFlaws(): Flaw[] {
  const page = document.documentElement;
  const flaws: Flaw[] = page.scrollWidth > window.innerWidth ? [{ flaw: "wider than the window", text: `${page.scrollWidth} px`, place: "html" }] : [];
  for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
    const flaw = isShown(element) ? flawOf(element) : undefined;
    if (flaw !== undefined && !hasFlawInside(element)) flaws.push({ flaw, text: shortText(element.textContent), place: placeOf(element) });
  }
  return flaws;
}

/** Texts and names on the screen that are not from the catalogue. Some are the host's: that is for whoever knows what it sent. */
export function plainTexts(): PlainText[] {
  const found: PlainText[] = [];
  const look = (text: string | null, element: Element): void => {
    const said = shortText(text);
    if (/\p{L}{2}/u.test(said) && !/[⟪⟫]/u.test(said)) found.push({ text: said, place: placeOf(element) });
  };
  for (const element of document.body.querySelectorAll("*")) {
    if (!isShown(element) || element.closest(notOurs)) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(node.textContent, element);
    for (const name of ["aria-label", "placeholder", "alt"]) look(element.getAttribute(name), element);
    // The title of what holds somebody else's text says that text.
    if (!element.querySelector("bdi")) look(element.getAttribute("title"), element);
  }
  return found;
}

function isShown(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  if (width <= 1 || height <= 1 || element.closest("svg, script, style, [hidden]")) return false;
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

function flawOf(element: HTMLElement): Flaw["flaw"] | undefined {
  const { display, overflowX, overflowY } = getComputedStyle(element);
  if (display === "inline" || display === "contents" || (element.textContent ?? "").trim() === "") return undefined;
  const isTooWide = element.scrollWidth - element.clientWidth > slack.across;
  const isTooHigh = element.scrollHeight - element.clientHeight > slack.down;
  if (isTooWide && canScroll(overflowX)) return element.matches(wide) ? undefined : "scrolls sideways";
  const isCut = (isTooWide && !canScroll(overflowX)) || (isTooHigh && !canScroll(overflowY));
  if (!isCut || !hasTextBeyond(element)) return undefined;
  return overflowX === "visible" ? "spills out" : "cut off";
}

function canScroll(overflow: string): boolean {
  return overflow === "auto" || overflow === "scroll";
}

/** It is a text that reaches beyond it, can be got at nowhere else, and not only a shape or an empty box. */
function hasTextBeyond(element: HTMLElement): boolean {
  const box = element.getBoundingClientRect();
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const text = shortText(node.textContent);
    if (text === "" || isSaidElsewhere(text, element) || isReachable(node.parentElement, element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    if ([...range.getClientRects()].some((part) => isBeyond(part, box))) return true;
  }
  return false;
}

/** The element has a title of its own, which says it in other words, or the text is part of the title of what it stands in. */
function isSaidElsewhere(text: string, element: HTMLElement): boolean {
  if (element.title !== "") return true;
  const title = element.closest("[title]")?.getAttribute("title") ?? "";
  return title.replaceAll(/\s+/gu, " ").includes(text.slice(0, 80));
}

function isBeyond(part: DOMRect, box: DOMRect): boolean {
  if (part.width <= 1) return false;
  return (
    part.right > box.right + slack.across || part.left < box.left - slack.across || part.bottom > box.bottom + slack.down || part.top < box.top - slack.down
  );
}

/** A box between the two scrolls or lies over everything: what is outside of the outer one can be read. */
function isReachable(inner: Element | null, outer: Element): boolean {
  for (let box = inner; box && box !== outer; box = box.parentElement) {
    const { overflowX, overflowY, position } = getComputedStyle(box);
    if (canScroll(overflowX) || canScroll(overflowY) || position === "fixed") return true;
  }
  return false;
}

function hasFlawInside(element: Element): boolean {
  return [...element.querySelectorAll<HTMLElement>("*")].some((inner) => isShown(inner) && flawOf(inner) !== undefined);
}

function shortText(text: string | null): string {
  return (text ?? "").trim().replaceAll(/\s+/gu, " ").slice(0, 120);
}

function placeOf(element: Element): string {
  const names: string[] = [];
  for (let box: Element | null = element; box && names.length < 3; box = box.parentElement)
    names.unshift([box.tagName.toLowerCase(), ...(box.getAttribute("class") ?? "").split(" ").filter(Boolean).slice(0, 2)].join("."));
  return names.join(" > ");
}
