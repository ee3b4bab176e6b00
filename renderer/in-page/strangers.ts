/** Elements that bring something in, take over, or send something out. The window has none of them but those that are named. */
const bringing =
  "iframe, frame, object, embed, applet, portal, base, video, audio, source, track, math, marquee, meta[http-equiv], foreignObject, use, animate";

/** Attributes that name something to be loaded or sent to. */
const loading = ["src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "xlink:href", "srcdoc", "manifest"];

/** Characters of the attacks that must never stand on the screen as they are: those that reorder or hide, and what terminals act on. */
const hidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/u;

/** Whatever of somebody else's content became more than text: elements, attributes, addresses, characters that do not show. Empty on a window that is inert. */
export function strangers(): string[] {
  const found = [...document.querySelectorAll("*")].flatMap((element) => [...strangeElement(element), ...strangeAttributes(element)]);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode())
    if (hidden.test(node.textContent ?? "") && !node.parentElement?.closest("script, style, textarea"))
      found.push(`hidden characters in ${placeOf(node.parentElement)}`);
  if ("ran" in window) found.push(`${String(window.ran)} ran`);
  if (document.title !== "Signalbox") found.push(`the title is ${document.title}`);
  return [...new Set(found)];
}

function strangeElement(element: Element): string[] {
  const isStrange =
    element.matches(bringing) ||
    (element.matches("img") && element.getAttribute("src") !== "./signalbox.svg") ||
    (element.matches("script") && !isOwn(element.getAttribute("src"))) ||
    (element.matches("link") && !isOwn(element.getAttribute("href"))) ||
    (element.matches("style") && /@import|url\(|evil/u.test(element.textContent ?? "")) ||
    (element.matches("form") && element.hasAttribute("action")) ||
    (element.matches("svg") && element.closest("[class]") === null);
  return isStrange ? [`an element ${placeOf(element)}`] : [];
}

function isOwn(address: string | null): boolean {
  return address?.startsWith("./") === true && !address.includes("evil");
}

function strangeAttributes(element: Element): string[] {
  return [...element.attributes].flatMap(({ name, value }) => {
    const isStrange =
      name.startsWith("on") ||
      (loading.includes(name) && !isOwn(value)) ||
      (name === "style" && /url\(|expression|@import/u.test(value)) ||
      (name === "href" && element.matches("a") && !isInertLink(element, value)) ||
      (name !== "value" && hidden.test(value));
    return isStrange ? [`an attribute ${name}=${value.slice(0, 60)} of ${placeOf(element)}`] : [];
  });
}

/** It leads to another screen, or to the web in a window of its own that learns nothing of this one. */
function isInertLink(link: Element, address: string): boolean {
  if (/^\/?#/u.test(address)) return true;
  return /^https?:\/\//u.test(address) && link.getAttribute("target") === "_blank" && link.getAttribute("rel") === "noreferrer noopener";
}

function placeOf(element: Element | null): string {
  const names: string[] = [];
  for (let box = element; box && names.length < 3; box = box.parentElement)
    names.unshift([box.tagName.toLowerCase(), ...(box.getAttribute("class") ?? "").split(" ").filter(Boolean).slice(0, 2)].join("."));
  return names.join(" > ");
}
